"""The ways that the benchmark compares yield the same: what differs is what they cost."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.database import Stored, empty, fingerprints, stored
from benchmarks.measuring import Cost
from benchmarks.review import decided_and_undone, write_groups
from benchmarks.sizes import sizes, wal_of
from benchmarks.ways import OURS, WAYS, Task, Way, prepared
from db.engine import Sessions
from ingestion import bulk
from ingestion.bulk import Request
from ingestion.rules.bulk import BulkAnswer
from ingestion.settings import Settings
from tests.conftest import Submit
from tests.contacts import write_contacts

ROWS = 300


@pytest.fixture
def task(
    tmp_path: Path, settings: Settings, sessions: Sessions, submit: Submit, user_id: int
) -> Iterator[Task]:
    path = tmp_path / "contacts.csv"
    write_contacts(path, rows=ROWS)
    yield Task(settings, path, path, submit(path.read_bytes()), user_id)
    empty(sessions.kw["bind"])  # also of the schemas that are nobody else's


@pytest.mark.parametrize("way", [way for way in WAYS if way.is_complete], ids=lambda way: way.name)
def test_a_complete_way_stores_what_is_in_the_file(
    way: Way, task: Task, sessions: Sessions, tmp_path: Path
) -> None:
    truth = write_contacts(tmp_path / "again.csv", rows=ROWS)

    prepared(way.name, task)()

    found = stored(sessions.kw["bind"], way.schema)
    assert found.valid_rows == truth.valid_rows
    assert found.issues == {str(type_): count for type_, count in truth.issues.items()}


def test_ways_over_our_tables_store_equal_rows_issues_and_members(task: Task, sessions: Sessions) -> None:
    tables = []
    for name in (OURS.name, "values_lists", "orm"):
        with sessions.begin() as session:
            session.execute(text("TRUNCATE raw_rows, issues, issue_rows"))
        prepared(name, task)()
        with sessions() as session:
            tables.append(
                [
                    session.execute(text(query)).all()
                    for query in (
                        "SELECT row_number, normalized_email, is_valid, data_json FROM raw_rows ORDER BY 1",
                        "SELECT type, key, row_number FROM issues ORDER BY 1, 2",
                        "SELECT email, row_number FROM issue_rows ORDER BY 1, 2",
                    )
                ]
            )

    ours, *others = tables
    assert all(len(rows) > 10 for rows in ours)
    assert others == [ours, ours]


def test_pandas_loses_rows_that_are_longer_than_the_header(task: Task, sessions: Sessions) -> None:
    task.file.write_text("email,first_name\nana@x.com,Ana\nbo@x.com,Bo,surplus\n", encoding="utf-8")

    prepared("pandas_to_sql", task)()

    assert stored(sessions.kw["bind"], "public") == Stored(rows=1, valid_rows=1, issues={})


def test_emptying_leaves_users_for_the_next_way(task: Task, sessions: Sessions) -> None:
    prepared("orm", task)()

    empty(sessions.kw["bind"])

    assert stored(sessions.kw["bind"], "public") == Stored(0, 0, {})
    with sessions() as session:
        assert session.scalars(text("SELECT count(*) FROM users")).one() == 1


def test_a_review_of_groups_decides_all_of_them_and_leaves_no_trace(
    sessions: Sessions, processed: Submit, user_id: int, tmp_path: Path
) -> None:
    assert write_groups(tmp_path / "groups.csv", groups=8, columns=7) == 18
    job_id = processed((tmp_path / "groups.csv").read_bytes())
    request = Request(BulkAnswer.KEEP_MOST_COMPLETE)

    reviewed = decided_and_undone(sessions, user_id, job_id, request, time.process_time)

    assert [step.name for step in reviewed.steps] == ["preview", "carry out", "undo"]
    assert (reviewed.decided, reviewed.is_identical) == (10, True)  # and two blank names of rows that lost
    assert reviewed.listing_seconds > 0


def test_fingerprints_tell_what_a_decision_changed(
    sessions: Sessions, processed: Submit, user_id: int, tmp_path: Path
) -> None:
    write_groups(tmp_path / "groups.csv", groups=2, columns=5)
    job_id = processed((tmp_path / "groups.csv").read_bytes())
    before = fingerprints(sessions.kw["bind"], job_id)

    bulk.carry_out(sessions, user_id, job_id, Request(BulkAnswer.KEEP_FIRST))

    after = fingerprints(sessions.kw["bind"], job_id)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"issues", "resolution_rows", "jobs"}


FORTY_MEGABYTES = """
import dataclasses, json
from benchmarks.measuring import cost_of

kept = bytearray(b"x") * 80_000_000
print(json.dumps(dataclasses.asdict(cost_of(lambda: (bytearray(b"x") * 40_000_000).clear()))))
"""


def test_cost_counts_the_memory_that_the_work_takes_and_not_what_was_there() -> None:
    # In a fresh interpreter, as the ways are: this one may have freed as much before, which is taken again.
    run = subprocess.run([sys.executable, "-c", FORTY_MEGABYTES], capture_output=True, check=True, text=True)
    cost = Cost(**json.loads(run.stdout))

    assert cost.idle_bytes > 80_000_000
    assert 35_000_000 < cost.rise_bytes < 60_000_000
    assert cost.wall > 0


def test_what_an_upload_takes_in_the_database_is_what_postgres_says(
    processed: Submit, sessions: Sessions, tmp_path: Path
) -> None:
    engine = sessions.kw["bind"]
    path = tmp_path / "contacts.csv"
    write_contacts(path, rows=ROWS)

    written = wal_of(engine, lambda: processed(path.read_bytes()))

    found = {table.name: table for table in sizes(engine)}
    assert found["raw_rows"].rows == ROWS
    with engine.connect() as connection:
        total = connection.execute(text("SELECT pg_total_relation_size('raw_rows')")).scalar_one()
    assert found["raw_rows"].total == total
    assert written > path.stat().st_size
    assert "final_contacts" not in found
