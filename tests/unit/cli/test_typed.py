"""Bytes that are not UTF-8 are refused where they are given; only a file may be named by them."""

import click
import pytest
from click.testing import CliRunner

from cli.columns import Pair
from cli.main import ingest
from cli.typed import is_text, require_text

_BROKEN = "a\udcff"


@pytest.mark.parametrize(("value", "expected"), [("", True), ("Dvořák 🙂", True), (_BROKEN, False)])
def test_a_lone_surrogate_is_no_text(value: str, expected: bool) -> None:
    assert is_text(value) is expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("sign-in", _BROKEN),
        ("issues", "1", "--search", _BROKEN),
        ("issues", "1", "--type", _BROKEN),
        ("resolve", "edit", "1", "2", "--set", f"company={_BROKEN}"),
        ("resolve", "many", "1", "set-value", "--value", _BROKEN),
        ("share", "1", _BROKEN),
        ("upload", "list.csv", "--sheet", _BROKEN),
        ("upload", "list.csv", "--column", f"email={_BROKEN}"),
        ("users", "add", _BROKEN),
        (_BROKEN,),
    ],
)
def test_what_is_no_text_is_not_understood(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(ingest, arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage" in result.stderr or "usage" in result.stderr


def test_a_file_may_have_any_name_and_a_value_goes_on_to_what_reads_it() -> None:
    @click.command()
    @click.argument("file", type=click.Path())
    @click.option("--set", "pairs", type=Pair(), multiple=True)
    @click.option("--name", callback=lambda _, __, value: value and value.upper())
    def command(file: str, pairs: tuple[tuple[str, str], ...], name: str) -> None:
        click.echo(repr((file, pairs, name)))

    require_text(command)
    result = CliRunner().invoke(command, [_BROKEN, "--set", "a=b", "--name", "ana"])
    assert result.stdout == repr((_BROKEN, (("a", "b"),), "ANA")) + "\n"
