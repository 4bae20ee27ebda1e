"""What the log says of errors of the database: what went wrong, and nothing of the row."""

from io import StringIO

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db.engine import Sessions
from ingestion.telemetry import tracebacks

ADD = text(
    "INSERT INTO users (email, first_name, last_name, password_hash, role)"
    " VALUES (:email, 'Ana', 'Silva', 'a hash', 'operator')"
)


LINE = "1\tAna Silva\textra of Acme\n"


def test_a_refused_statement_is_told_without_its_values(sessions: Sessions) -> None:
    given = {"email": "ana silva of acme"}
    with sessions.begin() as session:
        session.execute(ADD, given)
    with sessions() as session, pytest.raises(IntegrityError) as raised:
        session.execute(ADD, given)
    assert given["email"] in str(raised.value)
    told = tracebacks.text_of(raised.value)
    assert "acme" not in told
    assert "(SQLSTATE 23505)" in told
    assert "psycopg2.errors.UniqueViolation" in told
    assert "test_tracebacks.py" in told
    assert "\n" not in tracebacks.summary_of(raised.value)


def test_a_copy_that_breaks_off_is_told_without_the_line(sessions: Sessions) -> None:
    with sessions() as session:
        cursor = session.connection().connection.cursor()
        cursor.execute("CREATE TEMPORARY TABLE copied (number integer, name text) ON COMMIT DROP")
        with pytest.raises(psycopg2.Error) as raised:
            cursor.copy_expert("COPY copied FROM STDIN", StringIO(LINE))
    assert "Acme" in str(raised.value)
    told = tracebacks.text_of(raised.value)
    assert "Acme" not in told
    assert "SQLSTATE 22P04" in told
