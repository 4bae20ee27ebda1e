"""Whether Postgres can read the SQL in pages. It is parsed, and not executed."""

import pytest
from psycopg2.errors import DivisionByZero
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, ProgrammingError

from documentation.pages import Block, pages_of
from documentation.problems import ROOT

STATEMENTS = [block for page in pages_of(ROOT) for block in page.blocks if block.language == "sql"]


def parse(engine: Engine, sql: str) -> None:
    """Raise ProgrammingError where Postgres cannot read all of it.

    It reads all that it is sent before it executes the first statement, which fails here.
    """
    with engine.connect() as connection, pytest.raises(DataError) as stopped:
        connection.exec_driver_sql(f"SELECT 1/0;\n{sql}".replace("%", "%%"))
    assert isinstance(stopped.value.orig, DivisionByZero)


@pytest.mark.parametrize("block", STATEMENTS, ids=lambda block: f"{block.page}:{block.line}")
def test_postgres_can_read_the_sql_of_pages(block: Block, engine: Engine) -> None:
    parse(engine, block.text)


def test_what_postgres_cannot_read_is_found(engine: Engine) -> None:
    with pytest.raises(ProgrammingError, match="syntax error"):
        parse(engine, "SELECT 1;\nDELET FROM jobs;")
