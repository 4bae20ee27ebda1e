"""Whether a command of ours that a page shows is one: its program, its commands, its options, its files."""

import argparse
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # comes with myst-parser

import run
from documentation import click_commands, parsers, python_blocks
from documentation.problems import ROOT

_INGEST = ("./ingest", "ingest")
_PYTHONS = frozenset({"python", "python3", "python3.11", ".venv/bin/python"})
_PRODUCT = frozenset({"cli", "dashboard", "tasks", "ingestion", "db"})
_PACKAGES = _PRODUCT | {"benchmarks", "documentation", "infra", "local", "trials"}
_FOLDERS = _PACKAGES | {"docs", "localstack", "notebooks", "requirements", "samples", "tests"}
_COMPOSE_INSIDE = frozenset({"exec", "run"})


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
    words = usage.split()
    if not _is_ours_to_judge(words):
        return "not a program whose usage can be checked"
    unknown = _unknown(words)
    return f"there is no {', '.join(unknown)}" if unknown else ""


def unknown_in_passing(code: str) -> str:
    """The same for code within a sentence, which may be anything, and leave out what a command needs."""
    words = code.split()
    while words and "=" in words[0]:
        words = words[1:]
    unknown = _unknown(words) if words and _is_ours_to_judge(words) else []
    return f"there is no {', '.join(unknown)}" if unknown else ""


def _is_ours_to_judge(words: Sequence[str]) -> bool:
    if words[0] in _INGEST:
        return click_commands.command_line() is not None and len(words) > 1
    return words[0] in _PYTHONS and (words[1:2] == ["run.py"] or (words[1:2] == ["-m"] and len(words) > 2))


def _unknown(words: Sequence[str]) -> list[str]:
    """The module, the commands and the options that a command of ours names and that are not there."""
    program, *rest = words
    if program in _INGEST:
        command = click_commands.command_line()
        return click_commands.unknown_words(command, " ".join(rest)) if command else []
    if rest[0] == "run.py":
        parser, rest = _of_run_py(rest[1:])
    elif not parsers.exists(rest[1]):
        return [rest[1]]
    else:
        parser, rest = _parser_of(rest[1]), rest[2:]
    return parsers.unknown_words(parser, " ".join(rest)) if parser else []


def _parser_of(module: str) -> argparse.ArgumentParser | None:
    """The parser of a module, where it is ours."""
    return parsers.parser_of(module) if module.partition(".")[0] in _PACKAGES else None


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
    parser = _parser_of(module)
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
    command = click_commands.command_line()
    return click_commands.refusal(command, arguments) if command else "there is no command line ingest"


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
