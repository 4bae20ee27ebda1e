"""The schema in the database: equal to the models, and to what the rules know."""

import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from enum import StrEnum

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from db import schema
from db.engine import Sessions, make_engine
from db.models import Base
from ingestion.audit import AuditAction
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from local.postgres import EmbeddedPostgres
from tests.conftest import ROOT

MIGRATION_LOCK = 7_203_485_001
"""As in db/migrations/env.py, which runs when it is imported."""


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> str:
    """The address of a database that nobody migrated."""
    return postgres.url(f"empty_{uuid.uuid4().hex[:12]}")


@pytest.fixture
def connect(empty_database: str) -> Iterator[Callable[[], Connection]]:
    """Connections to the empty database."""
    engine = create_engine(empty_database.replace("postgresql://", "postgresql+psycopg2://"))
    opened: list[Connection] = []

    def connect() -> Connection:
        opened.append(engine.connect())
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()
    engine.dispose()


def config_for(database_url: str) -> Config:
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["database_url"] = database_url
    return config


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def start_migration(database_url: str | None) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database_url is not None:
        environment["DATABASE_URL"] = database_url
    return subprocess.Popen(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def names_in_public(connection: Connection) -> set[str]:
    """Tables, views, indexes, sequences and functions."""
    found = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    )
    return set(found.scalars())


@pytest.mark.parametrize(
    ("constraint", "enum"),
    [
        ("ck_jobs_status", JobStatus),
        ("ck_issues_type", IssueType),
        ("ck_issue_resolutions_action", Action),
        ("ck_audit_log_action", AuditAction),
    ],
)
def test_the_database_takes_exactly_the_values_that_the_rules_know(
    constraint: str, enum: type[StrEnum], engine: Engine
) -> None:
    with engine.connect() as connection:
        definition = connection.scalar(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": constraint},
        )

    values = re.findall(r"'([^']*)'", str(definition))
    assert sorted(values) == sorted(enum)


def test_models_and_migrations_describe_one_schema(engine: Engine) -> None:
    command.check(config_for(url_of(engine)))


def test_the_comparison_of_models_and_migrations_sees_a_difference(empty_database: str) -> None:
    schema.upgrade(empty_database)
    engine = make_engine(empty_database)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE jobs ALTER COLUMN attempt DROP NOT NULL"))
    engine.dispose()

    with pytest.raises(Exception, match="attempt"):
        command.check(config_for(empty_database))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("raw_rows", "UPDATE raw_rows SET is_valid = true"),
        ("issue_resolutions", "UPDATE issue_resolutions SET action = 'skip'"),
    ],
)
def test_what_was_received_and_decided_cannot_be_changed(
    table: str, change: str, sessions: Sessions, user_id: int
) -> None:
    with sessions.begin() as session:
        session.execute(text("INSERT INTO raw_rows VALUES (1, 2, '[]', NULL, false)"))
        session.execute(
            text(
                "INSERT INTO jobs (id, user_id, status, original_filename, file_key, file_size, file_sha256)"
                " VALUES (1, :user, 'NEEDS_REVIEW', 'a.csv', 'a', 1, 'a')"
            ),
            {"user": user_id},
        )
        session.execute(
            text(
                "INSERT INTO issue_resolutions (job_id, action, issue_type, decided_by)"
                " VALUES (1, 'edit', 'MISSING_EMAIL', :user)"
            ),
            {"user": user_id},
        )

    with pytest.raises(DBAPIError, match=f"{table} is append-only"), sessions.begin() as session:
        session.execute(text(change))


def test_two_processes_that_migrate_an_empty_database_at_once_both_succeed(
    empty_database: str, connect: Callable[[], Connection]
) -> None:
    guard = connect()
    guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    processes = [start_migration(empty_database) for _ in range(2)]
    try:
        wait_until_waiting(guard, len(processes))
        guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
        outputs = [process.communicate(timeout=60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()

    assert [process.returncode for process in processes] == [0, 0], outputs
    assert sorted("Running upgrade" in output for output in outputs) == [False, True], outputs
    assert set(Base.metadata.tables) <= names_in_public(connect())


def wait_until_waiting(connection: Connection, count: int) -> None:
    """Return when so many processes wait for an advisory lock on the connection's database."""
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    deadline = time.monotonic() + 60
    while connection.scalar(waiting) != count:
        assert time.monotonic() < deadline, "the migrations did not wait for each other"
        time.sleep(0.05)


def test_a_migration_without_an_address_names_the_variable() -> None:
    process = start_migration(None)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert output.splitlines()[-1] == (
        "The migration cannot start. DATABASE_URL is not set. Expected: postgresql://user:password@host:5432/ingestion_db."
    )


def test_downgrading_leaves_nothing_and_upgrading_again_works(
    empty_database: str, connect: Callable[[], Connection]
) -> None:
    config = config_for(empty_database)
    schema.upgrade(empty_database)
    before = names_in_public(connect())

    command.downgrade(config, "base")
    left = names_in_public(connect())
    schema.upgrade(empty_database)

    assert left == {"alembic_version", "alembic_version_pkc"}
    assert names_in_public(connect()) == before
    command.check(config)


def test_repeats_in_older_uploads_are_found_by_upgrading(
    empty_database: str, connect: Callable[[], Connection]
) -> None:
    config = config_for(empty_database)
    command.upgrade(config, "0006")
    connection = connect()
    connection.execute(
        text("""
        INSERT INTO raw_rows (job_id, row_number, data_json, normalized_email, is_valid)
        VALUES (1, 2, '[]', 'a@x', true), (1, 3, '[]', 'a@x', true), (1, 4, '[]', 'b@x', true),
               (1, 5, '[]', 'c@x', true), (1, 6, '[]', 'c@x', true), (2, 2, '[]', 'b@x', true)
        """)
    )
    connection.execute(
        text("INSERT INTO row_edits (job_id, row_number, is_valid, is_skipped) VALUES (1, 6, false, true)")
    )
    connection.commit()

    command.upgrade(config, "head")

    members = text("SELECT job_id, email, row_number FROM issue_rows ORDER BY 1, 2, 3")
    assert connection.execute(members).all() == [(1, "a@x", 2), (1, "a@x", 3)]
    connection.commit()
    command.downgrade(config, "0006")
    assert connection.execute(members).all() == []
