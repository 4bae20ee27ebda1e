"""What is typed is text: bytes that are not UTF-8 are refused, names of files excepted."""

from collections.abc import Callable, Iterator
from typing import Any

import click

_Callback = Callable[[click.Context, click.Parameter, Any], Any]

NOT_TEXT = "holds bytes that are not UTF-8. Type it on a terminal that uses UTF-8, or leave them out."


def is_text(value: str) -> bool:
    """Whether it is text. PEP 383: a byte that is not UTF-8 stands in an argument as a lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def require_text(command: click.Command) -> None:
    """Have a command, and those below it, refuse what is no text. A file may have any name."""
    for parameter in command.params:
        if not isinstance(parameter.type, click.Path):
            parameter.callback = _checked(parameter.callback)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            require_text(below)


def _checked(then: _Callback | None) -> _Callback:
    def check(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if not all(map(is_text, _texts(value))):
            raise click.BadParameter(f"It {NOT_TEXT}", ctx, parameter)
        return value if then is None else then(ctx, parameter, value)

    return check


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
