"""What a deleted upload has goes completely, whatever breaks in between."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import Engine, Table, event, text

from db.engine import Sessions
from db.models import Base, Job
from db.queries import jobs, purging
from ingestion import deletion, viewing
from ingestion.audit import AuditAction
from ingestion.errors import StorageUnavailable
from ingestion.settings import Settings
from ingestion.storage import Bucket, make_bucket
from tests.conftest import Submit
from tests.integration import leftovers
from tests.integration.desk import Desk
from tests.integration.leftovers import CONTENT, deletions, in_store, log, reviewed_upload, rows_of


@pytest.fixture(autouse=True)
def _empty_store(bucket: Bucket) -> None:
    leftovers.empty(bucket)


@pytest.fixture
def reviewed(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[], Desk]:
    """Uploads of which every table has something."""
    return lambda: reviewed_upload(sessions, user_id, processed(CONTENT))


@pytest.fixture
def key(user_id: int) -> Callable[[int], str]:
    return lambda job_id: f"uploads/u{user_id}/job-{job_id}.csv"


def test_an_upload_is_gone_with_all_it_has_and_others_are_as_before(
    sessions: Sessions, user_id: int, bucket: Bucket, reviewed: Callable[[], Desk], key: Callable[[int], str]
) -> None:
    kept, deleted = reviewed(), reviewed()
    bucket.put(key(deleted.job_id), io.BytesIO(b"again"), "text/csv")
    bucket.client.delete_object(Bucket=bucket.name, Key=key(deleted.job_id))  # leaves a marker
    bucket.begin_parts(key(deleted.job_id), "text/csv")  # of which nobody has the id
    with sessions() as session:
        uploaded_at = session.get_one(Job, deleted.job_id).created_at.isoformat()
    before, all_of_it = rows_of(sessions, kept.job_id), rows_of(sessions, deleted.job_id)
    assert all(all_of_it.values()), all_of_it
    assert in_store(bucket, key(deleted.job_id)) == 4

    deletion.request(sessions, user_id, deleted.job_id)
    assert deletion.purge(sessions, bucket) == 1

    assert not any(rows_of(sessions, deleted.job_id).values())
    assert rows_of(sessions, kept.job_id) == before
    assert (in_store(bucket, key(deleted.job_id)), in_store(bucket, key(kept.job_id))) == (0, 1)
    assert [upload.id for upload in viewing.listed(sessions, user_id)] == [kept.job_id]
    with sessions() as session:
        assert jobs.find(session, deleted.job_id) is None
    purged, asked = deletions(sessions)
    assert (asked.action, asked.job_id, asked.detail) == (
        AuditAction.DELETE_UPLOAD,
        deleted.job_id,
        {
            "file": "contacts.csv",
            "size": len(CONTENT),
            "rows": 6,
            "status": "COMPLETED",
            "uploaded_by": user_id,
            "uploaded_at": uploaded_at,
            "reason": "asked for",
        },
    )
    assert (asked.who or "").startswith("Ana No")
    assert (purged.action, purged.who, purged.job_id) == (AuditAction.PURGE_UPLOAD, None, deleted.job_id)
    assert purged.detail == {"file": "contacts.csv", "removed": {**all_of_it, "versions of the file": 3}}


def test_every_way_from_a_table_to_a_job_is_one_that_a_purge_knows() -> None:
    to_jobs = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is Job.__table__
    }
    known = {table.name for table in purging.TABLES}
    assert {table for table, _ in to_jobs} <= known
    assert {column for _, column in to_jobs} == {"job_id"}
    order = [table.name for table in purging.TABLES]
    for table in purging.TABLES:
        for referred in {key.column.table.name for key in table.foreign_keys} & (known - {table.name}):
            assert order.index(table.name) < order.index(referred)


def test_a_purge_waits_for_whoever_works_on_the_upload(
    sessions: Sessions, user_id: int, bucket: Bucket, reviewed: Callable[[], Desk], key: Callable[[int], str]
) -> None:
    job_id = reviewed().job_id
    deletion.request(sessions, user_id, job_id)
    before = rows_of(sessions, job_id)
    with sessions.begin() as worker:
        assert jobs.try_lock(worker, job_id)
        assert deletion.purge(sessions, bucket) == 0
        assert (rows_of(sessions, job_id), in_store(bucket, key(job_id))) == (before, 1)
    assert deletion.purge(sessions, bucket) == 1


def test_what_a_worker_wrote_after_the_deletion_goes_too(
    sessions: Sessions, user_id: int, bucket: Bucket, submit: Submit
) -> None:
    job_id = submit(CONTENT)
    with sessions.begin() as session:
        session.execute(
            text("INSERT INTO raw_rows VALUES (:job, 2, '[]', NULL, false)"),
            {"job": job_id},
        )
    deletion.request(sessions, user_id, job_id)
    deletion.purge(sessions, bucket)
    assert not any(rows_of(sessions, job_id).values())


class Killed(BaseException):
    """What nobody catches, as a kill."""


@contextmanager
def breaking_at(engine: Engine, number: int) -> Iterator[list[str]]:
    """The process dies at a statement that changes something, counted from 1; yields those so far."""
    changes: list[str] = []

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if any(word in statement for word in ("DELETE", "UPDATE", "INSERT")):
            changes.append(statement)
            if len(changes) == number:
                raise Killed

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield changes
    finally:
        event.remove(engine, "before_cursor_execute", look)


def test_a_purge_that_is_killed_at_any_statement_is_gone_on_with(
    sessions: Sessions,
    user_id: int,
    bucket: Bucket,
    engine: Engine,
    reviewed: Callable[[], Desk],
    key: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deletion, "_ROWS_AT_ONCE", 2)
    job_id = reviewed().job_id
    all_of_it = rows_of(sessions, job_id)
    deletion.request(sessions, user_id, job_id)
    kills, is_gone = 0, False
    while not is_gone:
        with breaking_at(engine, kills + 1), suppress(Killed):
            is_gone = deletion.purge_one(sessions, bucket, job_id)
        kills += not is_gone

    assert kills > 20
    assert not any(rows_of(sessions, job_id).values())
    assert in_store(bucket, key(job_id)) == 0
    purged = deletions(sessions)[0]
    # The version of the object is not counted: the first kill came between its end and its count.
    assert purged.detail["removed"] == all_of_it
    assert [action for action, _, _ in log(sessions)] == ["delete_upload", "purge_upload"]


@pytest.mark.parametrize("table", purging.TABLES, ids=lambda table: table.name)
def test_a_purge_that_breaks_at_a_table_is_gone_on_with(
    table: Table,
    sessions: Sessions,
    user_id: int,
    bucket: Bucket,
    reviewed: Callable[[], Desk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = reviewed().job_id
    all_of_it = rows_of(sessions, job_id)
    deletion.request(sessions, user_id, job_id)
    delete_some = purging.delete_some

    def breaking(session: object, asked: Table, *arguments: object, **named: object) -> int:
        deleted = delete_some(session, asked, *arguments, **named)  # type: ignore[arg-type]
        if asked is table:
            raise Killed  # deleted, and not committed
        return deleted

    with monkeypatch.context() as broken:
        broken.setattr(purging, "delete_some", breaking)
        with pytest.raises(Killed):
            deletion.purge(sessions, bucket)
    assert rows_of(sessions, job_id)[table.name] == all_of_it[table.name]

    assert deletion.purge(sessions, bucket) == 1
    assert deletions(sessions)[0].detail["removed"] == {**all_of_it, "versions of the file": 1}


def test_a_store_that_is_down_is_waited_for(
    sessions: Sessions, user_id: int, bucket: Bucket, settings: Settings, reviewed: Callable[[], Desk]
) -> None:
    job_ids = [reviewed().job_id for _ in range(2)]
    before = [rows_of(sessions, job_id) for job_id in job_ids]
    for job_id in job_ids:
        deletion.request(sessions, user_id, job_id)
    nowhere = make_bucket(settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"}))

    assert deletion.purge(sessions, nowhere) == 0

    assert [rows_of(sessions, job_id) for job_id in job_ids] == before
    assert deletion.purge(sessions, bucket) == 2


def test_an_object_that_the_store_refuses_to_delete_keeps_no_other_waiting(
    sessions: Sessions, user_id: int, bucket: Bucket, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_ids = [submit(f"email\n{name}@x.com\n".encode()) for name in "abc"]
    for job_id in job_ids:
        deletion.request(sessions, user_id, job_id)
    delete = Bucket.delete

    def refusing(self: Bucket, key: str) -> int:
        if key.endswith(f"job-{job_ids[0]}.csv"):
            raise StorageUnavailable("It does not answer.")
        return delete(self, key)

    monkeypatch.setattr(Bucket, "delete", refusing)
    assert deletion.purge(sessions, bucket) == 2
    with sessions() as session:
        assert list(jobs.deleted_ids(session, limit=10)) == job_ids[:1]
