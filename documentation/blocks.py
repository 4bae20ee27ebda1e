"""Whether blocks of code are what their pages say."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from documentation import commands, data_blocks, shell
from documentation.pages import Block, Page
from documentation.problems import ROOT, Problem
from documentation.python_blocks import Namespace

Said = Iterable[tuple[int, str]]
"""What is wrong with a block: the line of its text, from 0, and what."""

_GIVEN = re.compile(r"given: (.+)", re.DOTALL)
_RUN = re.compile(r"run(?:: exits with (\d+))?")
_COMMAND = re.compile(
    r"\s*(?:\$ )?(?:python3? (?:run\.py|-m )|\.venv/bin/python |\./ingest |docker compose )"
)
_PROMPT = "$ "


@dataclass
class Context:
    """What the blocks of a page have in common."""

    made: frozenset[str] = frozenset()
    """Files that are not there, but that somebody has who follows the page."""
    names: Namespace = field(default_factory=Namespace)
    """What its blocks of Python have defined so far."""


def problems(page: Page) -> list[Problem]:
    """What is wrong with the blocks of a page, and with commands of ours in its sentences."""
    diffs = (block.text for block in page.blocks if block.language == "diff")
    context = Context(frozenset(path for diff in diffs for path in data_blocks.made_by(diff)))
    return [
        *(
            Problem(page.path, block.line + 1 + line, message)
            for block in page.blocks
            for line, message in _said(block, context)
        ),
        *(
            Problem(page.path, line, f"{code}: {message}")
            for line, code in page.code
            if (message := commands.unknown_in_passing(code))
        ),
    ]


def expected_exit_code(block: Block) -> int | None:
    """How a block that is to be run has to end; None for one that is not."""
    marked = _RUN.fullmatch(block.mark)
    return int(marked[1] or 0) if marked else None


def _said(block: Block, context: Context) -> Said:
    if not block.is_fenced:
        return [(-1, "indented code: put it between ``` and name its language")]
    if not block.language:
        return [(-1, "no language: name one, such as sh or text")]
    check = CHECKS.get(block.language)
    if check is None:
        return [(-1, f"{block.language} is none of {', '.join(sorted(CHECKS))}")]
    return [*_mark(block), *check(block, context)]


def _mark(block: Block) -> Said:
    mark, language = block.mark, block.language
    fits = (
        not mark
        or (_RUN.fullmatch(mark) and language in ("sh", "bash", "python"))
        or (_GIVEN.fullmatch(mark) and language == "python")
        or (mark in ("output", "usage") and language == "text")
    )
    if not fits:
        yield -1, f"<!-- {mark} --> says nothing about a block of {language}: see docs/contributing-docs.md"


def _shell(block: Block, context: Context) -> Said:
    if error := shell.syntax_error(block.text):
        yield 0, error
        return
    yield from _commands(block.text, context)


def _commands(script: str, context: Context) -> Said:
    folder = ROOT
    for command in shell.commands(script):
        words = [word for word in command.words if word not in context.made]
        if message := commands.refusal(command.words) or commands.missing_file(words, folder):
            yield command.line, f"{' '.join(command.words)}: {message}"
        elif command.words[0] == "cd":
            folder = ROOT if command.words[1:] in ([], ["-"]) else folder / command.words[1]


def _console(block: Block, context: Context) -> Said:
    """Commands behind a prompt, and what they say."""
    for number, line in enumerate(block.text.splitlines()):
        if line.startswith(_PROMPT):
            for _at, message in _commands(line.removeprefix(_PROMPT), context):
                yield number, message


def _python(block: Block, context: Context) -> Said:
    if given := _GIVEN.fullmatch(block.mark):
        yield from ((-1, f"given: {said}") for said in context.names.problems(given[1]))
    yield from ((0, said) for said in context.names.problems(block.text))


def _text(block: Block, _: Context) -> Said:
    """Whatever is no language: diagrams, output, and usages, whose programs have to have what they name."""
    if block.mark == "usage":
        yield from _usage(block.text)
    elif not block.mark:
        for number, line in enumerate(block.text.splitlines()):
            if _COMMAND.match(line):
                yield number, "a command: its block is one of sh, or marked <!-- usage --> or <!-- output -->"


def _usage(text: str) -> Iterator[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines()):
        if line.startswith(" ") and lines:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line.strip()}")
        else:
            lines.append((number, line))
    for number, line in lines:
        if message := commands.unknown_in_usage(line):
            yield number, f"{line}: {message}"


def _data(check: Callable[[str], Said]) -> Callable[[Block, Context], Said]:
    return lambda block, _: check(block.text)


CHECKS: dict[str, Callable[[Block, Context], Said]] = {
    "bash": _shell,
    "console": _console,
    "csv": _data(data_blocks.csv_problems),
    "diff": _data(data_blocks.diff_problems),
    "hcl": _data(data_blocks.hcl_problems),
    "ini": _data(data_blocks.ini_problems),
    "json": _data(data_blocks.json_problems),
    "python": _python,
    "sh": _shell,
    "sql": lambda *_: [],
    "text": _text,
    "toml": _data(data_blocks.toml_problems),
    "yaml": _data(data_blocks.yaml_problems),
}
"""The languages that pages may use.

Tests ask more: tests/integration/documentation whether Postgres can read `sql`, and
tests/integration/test_guides.py whether a `diff` fits the code, and what it makes of it works."""
