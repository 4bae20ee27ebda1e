"""How an Inspector reads: in pages, never all at once, never writing, and by a role that may only select."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege, ReadOnlySqlTransaction
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, InternalError

from db.engine import Sessions
from ingestion import inspection
from ingestion.errors import DatabaseUnavailable, InvalidSettings, NotAllowed, NotFound
from ingestion.inspection import Inspector, NotAllRows, TooSlow
from ingestion.inspection.reading import Reading
from ingestion.settings import Settings
from tests.conftest import ROOT, Submit
from tests.integration.desk import HEADER, Desk
from tests.integration.inspecting import FILE, every_table, settle_all

ROLE = "inspector"
PASSWORD = "of a test"
MANY = 20_000


@pytest.fixture
def inspector(settings: Settings) -> Iterator[Inspector]:
    with inspection.connect(settings.database_url) as inspector:
        yield inspector


@pytest.fixture
def at(sessions: Sessions, user_id: int, processed: Submit) -> Desk:
    at = Desk(sessions, user_id, processed(FILE))
    settle_all(at)
    at.finalize()
    return at


@pytest.mark.parametrize("name", ["rows", "issues", "duplicates", "decisions", "contacts"])
def test_pages_give_everything_once_in_the_same_order(inspector: Inspector, at: Desk, name: str) -> None:
    read: Callable[..., pd.DataFrame] = getattr(inspector, name)
    whole, pages = read(at.job_id), list(inspector.pages(getattr(inspector, name), at.job_id, size=2))
    assert len(whole) > 2
    assert [len(page) for page in pages[:-1]] == [2] * (len(pages) - 1)
    assert pd.concat(pages, ignore_index=True).equals(whole)
    assert (whole.attrs["is_all"], whole.attrs["after"]) == (True, None)


def test_pages_of_uploads_and_of_nothing(inspector: Inspector, submit: Submit) -> None:
    ids = [submit(FILE) for _ in range(3)]
    pages = list(inspector.pages(inspector.jobs, size=2))
    assert [page["job_id"].tolist() for page in pages] == [[ids[2], ids[1]], [ids[0]]]
    assert [len(page) for page in inspector.pages(inspector.jobs, status="FAILED")] == [0]


def test_a_part_says_so_and_where_to_go_on(inspector: Inspector, at: Desk) -> None:
    with pytest.warns(NotAllRows, match=r"These are 3 rows.*after=frame.attrs\['after'\]") as warned:
        part = inspector.rows(at.job_id, limit=3)
    assert warned[0].filename == __file__
    assert "Not all: made of 3 rows" in repr(part)
    assert "Not all: made of 3 rows" in part._repr_html_()
    assert "Not all" in repr(part[part["email"] == "bo@x.com"])
    following = inspector.rows(at.job_id, after=part.attrs["after"])
    assert following["row_number"].iloc[0] == 5
    assert "Not all" not in repr(following)


@pytest.mark.parametrize("limit", [0, -1, inspection.LARGEST_PAGE + 1, None])
def test_more_than_a_call_gives_is_refused_with_the_way_to_all(
    inspector: Inspector, at: Desk, limit: Any
) -> None:
    with pytest.raises(ValueError, match=r"1 to 100,000\. For more, read pages: for page in"):
        inspector.rows(at.job_id, limit=limit)


@contextmanager
def counted_rows() -> Iterator[list[int]]:
    """How many rows each statement brings from the database."""
    brought: list[int] = []

    def count(_connection: Any, cursor: Any, *_: Any) -> None:
        brought.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", count)
    try:
        yield brought
    finally:
        event.remove(Engine, "after_cursor_execute", count)


def test_of_a_large_upload_no_more_is_read_than_is_shown(
    inspector: Inspector, sessions: Sessions, user_id: int, processed: Submit
) -> None:
    lines = "".join(f"p{n // 2}@x.com,Ana,Silva{n},Acme,{n}\n" for n in range(MANY))
    job_id = processed((HEADER + lines).encode())
    assert Desk(sessions, user_id, job_id).upload().total_rows == MANY
    with counted_rows() as brought:
        for name in ("rows", "issues", "duplicates"):
            first = next(inspector.pages(getattr(inspector, name), job_id, size=10))
            assert (len(first), first.attrs["is_all"]) == (10, False)
        inspector.job(job_id)
        inspector.group_sizes(job_id)
        inspector.issue_counts(job_id)
        quality = inspector.quality(job_id)
    assert quality["distinct"].tolist() == [MANY // 2, 1, MANY, 1, MANY]
    assert max(brought) == 11


def test_nothing_can_be_written(settings: Settings, at: Desk) -> None:
    reading = Reading(settings.database_url, timeout_seconds=60)
    for statement in (
        "UPDATE jobs SET status = 'FAILED'",
        "DELETE FROM final_contacts",
        "CREATE TABLE mine (id int)",
        "SELECT nextval(pg_get_serial_sequence('jobs', 'id'))",
    ):
        with pytest.raises(InternalError) as refused, reading.session() as session:
            session.execute(text(statement))
        assert isinstance(refused.value.orig, ReadOnlySqlTransaction), statement
    with reading.session() as session:
        session.commit()
        with pytest.raises(InternalError, match="read-only transaction"):
            session.execute(text("UPDATE jobs SET status = 'FAILED'"))
    reading.close()
    assert at.upload().status == "COMPLETED"


def test_what_takes_too_long_is_given_up(settings: Settings) -> None:
    reading = Reading(settings.database_url, timeout_seconds=0.05)
    with pytest.raises(TooSlow, match=r"longer than 0\.05 s.*timeout_seconds"), reading.session() as session:
        session.execute(text("SELECT pg_sleep(30)"))
    reading.close()


def test_a_mistake_of_ours_is_raised_as_it_is(settings: Settings) -> None:
    reading = Reading(settings.database_url, timeout_seconds=60)
    with pytest.raises(DBAPIError, match="nonsense"), reading.session() as session:
        session.execute(text("SELECT nonsense"))
    reading.close()


def test_the_environment_says_which_database(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, at: Desk
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(InvalidSettings, match="DATABASE_URL is not set"):
        inspection.connect()
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    with inspection.connect() as inspector:
        assert inspector.job(at.job_id).job_id == at.job_id


def test_a_database_that_does_not_answer_is_told_from_a_mistake() -> None:
    with (
        inspection.connect("postgresql://nobody:secret@127.0.0.1:1/none") as inspector,
        pytest.raises(DatabaseUnavailable, match="refused") as refused,
    ):
        inspector.jobs()
    assert "secret" not in str(refused.value)


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidSettings, match="no address of a database") as refused:
        inspection.connect("user:secret@host")
    assert "secret" not in str(refused.value)


def test_numbers_of_a_table_are_taken_as_they_are(inspector: Inspector, at: Desk) -> None:
    [job_id] = inspector.jobs()["job_id"]
    row_numbers = inspector.issues(job_id)["row_number"]
    assert len(inspector.rows(job_id, numbers=row_numbers)) == 7
    assert len(inspector.issues(job_id, numbers=row_numbers)) == 7
    assert len(inspector.duplicates(job_id, numbers=row_numbers)) == 4
    assert len(inspector.rows(job_id, after=row_numbers.iloc[2])) == 12 - row_numbers.iloc[2]
    newest = inspector.decisions(job_id)["decision_id"].max()
    assert len(inspector.decisions(job_id, after=newest, by=pd.Series([at.user_id])[0])) == 6


def documented_role(documentation: Path) -> str:
    """The statements in docs/notebooks.md that make the role."""
    found = re.search(r"```sql\n(CREATE ROLE .*?)```", documentation.read_text(), re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def url_of_role(engine: Engine) -> Iterator[str]:
    """How the role that the documentation recommends gets in."""
    made = documented_role(ROOT / "docs" / "notebooks.md")
    with engine.begin() as connection:
        database = connection.execute(text("SELECT current_database()")).scalar_one()
        statements = made.replace("ingestion_db", database).replace("'a long password'", f"'{PASSWORD}'")
        connection.execute(text(statements))
    yield engine.url.set(drivername="postgresql", username=ROLE, password=PASSWORD).render_as_string(
        hide_password=False
    )
    with engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}"))


def test_the_documented_role_sees_all_tables(at: Desk, url_of_role: str) -> None:
    with inspection.connect(url_of_role) as inspector:
        tables = every_table(inspector, at.job_id, "cy@x.com")
        assert [name for name, table in tables.items() if table.empty] == []
        assert inspector.job(at.job_id).settled_issues == 7
        assert len(inspector.quality(at.job_id, of="received")) == 5
        assert len(inspector.quality(at.job_id, of="contacts")) == 5
        assert not inspector.rows(at.job_id, raw=True).empty


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM users",
        "SELECT * FROM users",
        "SELECT * FROM sessions",
        "SELECT * FROM access_links",
        "SELECT * FROM known_browsers",
        "SELECT * FROM throttles",
        "SELECT * FROM audit_log",
        "UPDATE jobs SET status = 'FAILED'",
    ],
)
def test_the_documented_role_gets_at_no_secret_and_changes_nothing(url_of_role: str, statement: str) -> None:
    connection = psycopg2.connect(url_of_role)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET default_transaction_read_only = off")  # a setting is no lock
    with pytest.raises(InsufficientPrivilege):
        cursor.execute(statement)
    connection.close()


def test_a_role_that_may_too_little_is_told_so(at: Desk, url_of_role: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE SELECT ON current_rows FROM {ROLE}"))
    with inspection.connect(url_of_role) as inspector:
        with pytest.raises(NotAllowed, match="permission denied for view current_rows"):
            inspector.rows(at.job_id)
        assert not inspector.rows(at.job_id, raw=True).empty


HOSTILE = "<script>alert(1)</script>$\\unicode{1}$"


def test_what_people_wrote_is_text_wherever_it_is_drawn(
    inspector: Inspector, sessions: Sessions, processed: Submit
) -> None:
    header = f"email,first_name,last_name,company,{HOSTILE}\n"
    rows = f"a@x.com,{HOSTILE},Silva,Acme,1\na@x.com,{HOSTILE},Sousa,Acme,2\n"
    job_id = processed((header + rows).encode())
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET original_filename = :name"), {"name": HOSTILE})
    duplicates = inspector.duplicates(job_id)
    drawings = {
        "rows": inspector.rows(job_id)._repr_html_(),
        "filtered": inspector.rows(job_id).head(1)._repr_html_(),
        "quality": inspector.quality(job_id)._repr_html_(),
        "jobs": inspector.jobs()._repr_html_(),
        "job": inspector.job(job_id)._repr_html_(),
        "side by side": inspection.side_by_side(duplicates).to_html(),
    }
    for name, html in drawings.items():
        assert "&lt;script&gt;" in html, name
        assert "<script" not in html, name
        assert "tex2jax_ignore" in html, name
    assert "<script>" in repr(inspector.job(job_id))


def test_what_a_file_holds_is_no_command_to_a_terminal(
    inspector: Inspector, processed: Submit, sessions: Sessions
) -> None:
    cell = "\x1b[31mAna\u202e"
    job_id = processed(f"{HEADER}a@x.com,{cell},Silva,Acme,1\n".encode())
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET original_filename = :name"), {"name": cell})
    for drawn in (
        inspector.rows(job_id),
        inspector.jobs(),
        inspector.job(job_id),
    ):
        assert "⍽[31mAna⍽" in repr(drawn)
        assert not {"\x1b", "\u202e"} & set(repr(drawn))


def test_side_by_side_tints_what_differs_and_draws_the_same_again(
    inspector: Inspector, processed: Submit
) -> None:
    job_id = processed((HEADER + "a@x.com,Ana,Silva,Acme,1\na@x.com,Ana,Sousa,Acme, 1\n").encode())
    duplicates = inspector.duplicates(job_id)
    html = inspection.side_by_side(duplicates).to_html()
    tinted = re.search(r"<style[^>]*>\s*(.*?)\{", html, re.DOTALL)
    assert tinted
    assert re.findall(r"row(\d)_col(\d)", tinted[1]) == [("0", "2"), ("1", "2")]
    assert inspection.side_by_side(duplicates).to_html() == html


def test_a_card_says_what_is_to_be_done(inspector: Inspector, processed: Submit) -> None:
    card = inspector.job(processed(FILE))
    assert (card.open_issues, card.settled_issues) == (7, 0)
    assert card.balance is not None
    assert "Settle 7 open issues, then finalize it." in repr(card)
    assert '<td style="text-align:left">7 open, 0 settled</td>' in card._repr_html_()
    with pytest.raises(NotFound):
        inspector.job(card.job_id + 1)
