"""The argument parsers of our programs, as the programs make them."""

import argparse
import contextlib
import importlib
import inspect
import io
import re
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch


class _Found(BaseException):  # nothing between the program and us may catch it
    """A program is about to parse its arguments."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser


def exists(module: str) -> bool:
    """Whether `python -m MODULE` finds something to run."""
    return _program(module) is not None


@cache
def parser_of(module: str) -> argparse.ArgumentParser | None:
    """The parser of `python -m MODULE`; None where the module, which `exists`, makes none of its own.

    The program is begun and stopped at the moment at which it would parse its arguments.
    """
    program = _program(module)
    if program is None or not program.origin or "argparse" not in Path(program.origin).read_text():
        return None
    with contextlib.redirect_stderr(io.StringIO()):  # Streamlit, in a trial, misses its server
        main = importlib.import_module(program.name).main
    try:
        with (
            patch.object(argparse.ArgumentParser, "parse_args", _stop),
            patch.object(argparse.ArgumentParser, "parse_known_args", _stop),
        ):
            main(*[[] for _ in inspect.signature(main).parameters])
    except _Found as found:
        return found.parser
    return None


def refusal(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> str:
    """What the parser says against these arguments; nothing where it takes them."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser.parse_args(arguments)
        except SystemExit as end:
            return said.getvalue().strip().splitlines()[-1] if end.code else ""
    return ""


def unknown_words(parser: argparse.ArgumentParser, usage: str) -> list[str]:
    """Commands and options in the words of a usage, brackets and all, that the parser does not have."""
    words = re.findall(r"[^\s\[\]|]+", usage)
    options = set(parser._option_string_actions)
    unknown: list[str] = []
    for word in words:
        if (commands := subcommands(parser)) and not word.startswith("-"):
            if word not in commands:
                return [*unknown, word]
            parser = commands[word]
            options |= set(parser._option_string_actions)
        elif word.startswith("-") and word.partition("=")[0] not in options:
            unknown.append(word)
    return unknown


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands that a parser knows, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def _program(module: str) -> ModuleSpec | None:
    """The module that runs, not imported: a package's is its `__main__`."""
    try:
        spec = find_spec(module)
        return find_spec(f"{module}.__main__") if spec and spec.submodule_search_locations else spec
    except ModuleNotFoundError:
        return None


def _stop(parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
    raise _Found(parser)
