"""Every program's commands and options, as the programs themselves take them."""

import argparse
import inspect
import re
import textwrap
from collections.abc import Iterator

import click

import run
from documentation import click_commands, parsers
from documentation.reference.markdown import block, code, page, paragraph, table, usage

_PROGRAMS = ("ingestion.users", "ingestion.backup", "ingestion.replay")
_EXAMPLE = re.compile(r"\./|ingest |python3? ")
_UNWRAPPED = "\b"


def command_line_page() -> str:
    """The page of `ingest`, of run.py, and of the programs by which an installation is looked after."""
    ingest = click_commands.command_line()
    return page(
        "Commands",
        "All options of all commands. Every one of them also prints this with `--help`.",
        *(click_command("./ingest", ingest) if ingest else ()),
        *_program("python3 run.py", run._parser()),
        *(
            part
            for module in _PROGRAMS
            if (parser := parsers.parser_of(module))
            for part in _program(f"python -m {module}", parser)
        ),
    )


def click_command(
    name: str, command: click.Command, level: int = 2, parent: click.Context | None = None
) -> Iterator[str]:
    """The parts of a page about a Click command and all that are below it. Hidden ones are left out."""
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    yield f"{'#' * level} {context.command_path}"
    yield usage(f"{context.command_path} {' '.join(command.collect_usage_pieces(context))}")
    yield from _help(command.help or "")
    records = [
        record for option in command.get_params(context) if (record := option.get_help_record(context))
    ]
    if records:
        told = ([code(names), said] for names, said in records if said or names.startswith("-"))
        yield table(["argument", "what it does"], told)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found and not found.hidden:
                yield from click_command(below, found, min(level + 1, 4), context)


def _help(text: str) -> Iterator[str]:
    """A command's help: its paragraphs, and as blocks those that are not to be wrapped."""
    for part in inspect.cleandoc(text.partition("\f")[0]).split("\n\n"):
        if part.startswith(_UNWRAPPED):
            inside = textwrap.dedent(part.removeprefix(_UNWRAPPED).strip("\n"))
            yield block("sh" if _EXAMPLE.match(inside) else "text", inside)
        else:
            yield paragraph(" ".join(part.split()))


def _program(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {name}"
    yield paragraph(" ".join((parser.description or "").partition("\n\n")[0].split()))
    yield from _arguments(parser)
    for below, found in parsers.subcommands(parser).items():
        yield f"### {name} {below}"
        yield f"{_said_of(parser, below)}."
        yield from _arguments(found)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    rows = [
        [code(_written(action)), _explained(action)]
        for action in parser._actions
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    ]
    if rows:
        yield table(["argument", "what it does"], rows)


def _written(action: argparse.Action) -> str:
    """An argument as it is typed."""
    names = ", ".join(action.option_strings)
    if action.nargs == 0:
        return names
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    return f"{names} {value}".strip()


def _explained(action: argparse.Action) -> str:
    said = (action.help or "").replace("%(default)s", str(action.default))
    return said or ("required" if action.required and action.option_strings else "")


def _said_of(parser: argparse.ArgumentParser, command: str) -> str:
    """What a parser says of one of its commands, as a sentence's beginning."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                if choice.dest == command and choice.help:
                    return choice.help[:1].upper() + choice.help[1:]
    return command
