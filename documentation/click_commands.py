"""The command line `ingest`, as Click knows it: asked about arguments, and not run."""

import contextlib
import importlib
import io
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from unittest.mock import patch

import click


@cache
def command_line() -> click.Command | None:
    """What `./ingest` runs; None in a repository without it."""
    if find_spec("cli") is None:
        return None
    ingest = importlib.import_module("cli.main").ingest
    assert isinstance(ingest, click.Command)
    return ingest


def refusal(command: click.Command, arguments: Sequence[str]) -> str:
    """What a Click command says against these arguments; nothing where it takes them. It is not run.

    A file that is not there is no matter: pages name files that their readers have.
    """
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            patch.object(click.Path, "convert", lambda _self, value, _param, _context: value),
            patch.object(click.File, "convert", lambda _self, value, _param, _context: value),
        ):
            _understand(command, list(arguments), None)
    except click.exceptions.Exit:  # --help and its like
        return ""
    except click.UsageError as error:
        return error.format_message()
    return ""


def _understand(command: click.Command, arguments: list[str], parent: click.Context | None) -> None:
    """Have a command, and the one below it that is asked for, parse their arguments. Raises UsageError."""
    context = command.make_context(command.name, arguments, parent=parent)
    rest = [*context._protected_args, *context.args]
    if isinstance(command, click.Group) and rest:
        _, below, arguments = command.resolve_command(context, rest)
        assert below is not None
        _understand(below, arguments, context)


def unknown_words(command: click.Command, usage: str) -> list[str]:
    """Commands and options in a usage that the command does not have. Values are written in capitals."""
    context = click.Context(command, **command.context_settings)
    unknown = []
    for word in re.findall(r"[^\s\[\]|]+", usage):
        options = {option for parameter in command.get_params(context) for option in parameter.opts}
        if word.startswith("-"):
            unknown += [] if word.partition("=")[0] in options else [word]
        elif isinstance(command, click.Group) and word.islower():
            below = command.get_command(context, word)
            if below is None:
                return [*unknown, word]
            command, context = below, click.Context(below, parent=context, **below.context_settings)
    return unknown
