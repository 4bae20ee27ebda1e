"""Whether a command of ours that a page shows is one: its program, its commands, its options, its files."""

import argparse
import contextlib
import importlib
import io
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import yaml  # type: ignore[import-untyped]  # comes with myst-parser

import run
from documentation import parsers, python_blocks
from documentation.problems import ROOT

_INGEST = ("./ingest", "ingest")
_PYTHONS = frozenset({"python", "python3", "python3.11", ".venv/bin/python"})
_PRODUCT = frozenset({"dashboard", "tasks", "ingestion", "db", "cli", "local"})
_PACKAGES = _PRODUCT | {"benchmarks", "documentation", "infra", "trials"}
_FOLDERS = _PACKAGES | {"docs", "localstack", "notebooks", "requirements", "samples", "tests"}
_COMPOSE_INSIDE = frozenset({"exec", "run"})


@cache
def command_line() -> click.Command | None:
    """What `./ingest` runs; None in a repository without it."""
    if find_spec("cli") is None:
        return None
    ingest = importlib.import_module("cli.main").ingest
    assert isinstance(ingest, click.Command)
    return ingest


def refusal(words: Sequence[str]) -> str:
    """Why a command cannot be what the page says; nothing where it can, or is not ours to judge."""
    program, arguments = words[0], list(words[1:])
    if program in _PYTHONS:
        return _python(arguments)
    if program in _INGEST:
        return _ingest(arguments)
    if list(words[:2]) == ["docker", "compose"]:
        return _compose(arguments[1:])
    return ""


def unknown_in_usage(usage: str) -> str:
    """What a line of a usage names that its program does not have; nothing where it has all of it."""
    program, *rest = usage.split()
    if program in _INGEST and (command := command_line()):
        unknown = _unknown_to_click(command, rest)
    elif program in _PYTHONS and rest[:1] == ["run.py"] and (parser := _of_run_py(rest[1:])[0]):
        unknown = parsers.unknown_words(parser, " ".join(_of_run_py(rest[1:])[1]))
    elif program in _PYTHONS and rest[:1] == ["-m"] and (parser := parsers.parser_of(rest[1])):
        unknown = parsers.unknown_words(parser, " ".join(rest[2:]))
    else:
        return "not a program whose usage can be checked"
    return f"there is no {', '.join(unknown)}" if unknown else ""


def _unknown_to_click(command: click.Command, words: Sequence[str]) -> list[str]:
    """Commands and options that a Click command does not have; what stands for a value is in capitals."""
    context = click.Context(command, **command.context_settings)
    unknown = []
    for word in re.findall(r"[^\s\[\]|]+", " ".join(words)):
        options = {option for parameter in command.get_params(context) for option in parameter.opts}
        if word.startswith("-"):
            unknown += [] if word.partition("=")[0] in options else [word]
        elif isinstance(command, click.Group) and word.islower():
            below = command.get_command(context, word)
            if below is None:
                return [*unknown, word]
            command, context = below, click.Context(below, parent=context, **below.context_settings)
    return unknown


def click_refusal(command: click.Command, arguments: Sequence[str]) -> str:
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


def _python(arguments: list[str]) -> str:
    match arguments:
        case ["run.py", *rest]:
            return _run_py(rest)
        case ["-m", module, *rest]:
            return _module(module, rest)
        case ["-c", code, *_]:
            return python_blocks.syntax_error(code)
    return ""


def _module(module: str, arguments: list[str]) -> str:
    if not parsers.exists(module):
        return f"there is no module {module}"
    parser = parsers.parser_of(module) if module.partition(".")[0] in _PACKAGES else None
    return parsers.refusal(parser, arguments) if parser else ""


def _run_py(arguments: list[str]) -> str:
    parser, rest = _of_run_py(arguments)
    return parsers.refusal(parser, rest) if parser else ""


def _of_run_py(arguments: list[str]) -> tuple[argparse.ArgumentParser | None, list[str]]:
    """Who reads the arguments of run.py, and those that are left; nobody of ours reads pytest's."""
    if arguments[:1] == ["test"]:
        return None, []
    if arguments[:1] == ["users"]:
        return parsers.parser_of("ingestion.users"), arguments[1:]
    return run._parser(), arguments


def _ingest(arguments: list[str]) -> str:
    command = command_line()
    return click_refusal(command, arguments) if command else "there is no command line ingest"


def _compose(arguments: list[str]) -> str:
    """Services that are named behind `exec` and `run` have to be there, and what they run to be real."""
    if not arguments or arguments[0] not in _COMPOSE_INSIDE:
        return ""
    service = next((word for word in arguments[1:] if not word.startswith("-")), "")
    if service not in _services():
        return f"docker-compose.yml has no service {service}"
    inside = arguments[arguments.index(service) + 1 :]
    return refusal(inside) if inside else ""


@cache
def _services() -> frozenset[str]:
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return frozenset(composed["services"])


def missing_file(words: Sequence[str], folder: Path) -> str:
    """The first word that is a path in the repository without anything there; nothing where there is none.

    A word counts as one by its first part, which is a folder of the repository, or as what `cd` enters.
    """
    if words[0] == "cd" and len(words) > 1 and words[1] != "-":
        return "" if (folder / words[1]).is_dir() else f"there is no folder {words[1]}"
    for word in words:
        path = word.partition("=")[2] if word.startswith("-") and "=" in word else word
        if _is_ours(path) and not _is_there(path):
            return f"there is no {path}"
    return ""


def _is_ours(path: str) -> bool:
    first, slash, _ = path.removeprefix("./").partition("/")
    return bool(slash) and "$" not in path and first in _FOLDERS


def _is_there(path: str) -> bool:
    return (ROOT / path.partition("::")[0]).exists() or any(ROOT.glob(path.removeprefix("./")))
