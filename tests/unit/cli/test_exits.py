"""Errors, as sentences or JSON, and the codes that a process ends with."""

import json

import click
import psycopg2
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from cli.exits import Code, NotSignedIn, told
from ingestion.errors import (
    Conflict,
    DatabaseUnavailable,
    InvalidDecision,
    InvalidSettings,
    NotAllowed,
    NotFound,
    RefusedUpload,
    StorageUnavailable,
)

ERRORS: list[tuple[Exception, Code, str]] = [
    (NotAllowed("Your role."), Code.REFUSED, "Your role."),
    (NotFound("None."), Code.REFUSED, "None."),
    (Conflict("Ben was faster."), Code.REFUSED, "Ben was faster."),
    (InvalidDecision("No."), Code.REFUSED, "No."),
    (RefusedUpload("Empty."), Code.REFUSED, "Empty."),
    (FileNotFoundError(2, "No such file", "a.csv"), Code.REFUSED, "No such file: a.csv"),
    (click.UsageError("What?"), Code.NOT_UNDERSTOOD, "What?"),
    (NotSignedIn("Sign in."), Code.NOT_SIGNED_IN, "Sign in."),
    (InvalidSettings("DATABASE_URL is not set."), Code.UNAVAILABLE, "DATABASE_URL is not set."),
    (DatabaseUnavailable("Down."), Code.UNAVAILABLE, "Down."),
    (StorageUnavailable("Down."), Code.UNAVAILABLE, "Down."),
    (OperationalError("", {}, psycopg2.OperationalError("refused")), Code.UNAVAILABLE, "did not answer"),
    (ProgrammingError("", {}, psycopg2.ProgrammingError("no table\nLINE")), Code.UNAVAILABLE, "no table"),
    (KeyError("secret cell"), Code.BROKEN, "KeyError"),
]


@pytest.mark.parametrize(("error", "code", "message"), ERRORS)
def test_an_error_is_a_sentence_and_a_code(
    capsys: pytest.CaptureFixture[str], error: Exception, code: Code, message: str
) -> None:
    assert told(error, as_json=False) is code

    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "LINE" not in err
    assert "secret" not in err


@pytest.mark.parametrize(("error", "code", "message"), ERRORS)
def test_for_programs_it_is_json_on_standard_error(
    capsys: pytest.CaptureFixture[str], error: Exception, code: Code, message: str
) -> None:
    assert told(error, as_json=True) is code

    out, err = capsys.readouterr()
    assert out == ""
    said = json.loads(err)["error"]
    assert message in said["message"]
    assert said["kind"].isidentifier()


def test_an_error_that_quotes_a_cell_is_safe(capsys: pytest.CaptureFixture[str]) -> None:
    told(InvalidDecision("\x1b[2J is no address\nsecond line"), as_json=False)

    assert capsys.readouterr().err == "⍽[2J is no address\nsecond line\n"


def test_codes_are_in_the_help() -> None:
    from cli.main import ingest

    listed = str(ingest.epilog)
    for code in Code:
        assert code is Code.PIPE_CLOSED or f"\n  {code.value} " in listed
