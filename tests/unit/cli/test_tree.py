"""The commands as a tree: each says what it does, with an example."""

import re
from collections.abc import Iterator

import click
import pytest

from cli.main import ingest
from cli.options import Named
from ingestion.rules.issues import IssueType

_WITHOUT_JSON = {"sign-out", "users", "unshare", "completion", "resolve"}


def commands(group: click.Group, path: tuple[str, ...] = ("ingest",)) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield " ".join([*path, name]), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands(ingest))


def test_there_are_commands() -> None:
    assert {"ingest upload", "ingest resolve keep", "ingest export"} <= ALL.keys()


@pytest.mark.parametrize("path", ALL)
def test_a_command_says_what_it_does_with_an_example_and_what_each_option_is(path: str) -> None:
    command = ALL[path]
    help_ = command.help or ""

    assert re.search(rf"  (eval \"\$\()?{path}\b", help_), "an example"
    assert command.get_short_help_str(limit=60).endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("path", [path for path in ALL if path.rpartition(" ")[2] not in _WITHOUT_JSON])
def test_what_shows_something_shows_it_to_programs_too(path: str) -> None:
    assert "as_json" in {parameter.name for parameter in ALL[path].params}


@pytest.mark.parametrize("written", ["duplicate-email", "DUPLICATE_EMAIL", "Duplicate_Email"])
def test_kinds_are_written_as_people_like(written: str) -> None:
    assert Named([str(kind) for kind in IssueType]).convert(written, None, None) == "DUPLICATE_EMAIL"


def test_an_unknown_kind_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(click.BadParameter, match="none of: malformed-row, missing-email"):
        Named([str(kind) for kind in IssueType]).convert("nonsense", None, None)
