"""Uploads that are deleted because of their age."""

import datetime as dt
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from db.engine import Sessions
from db.models import Job, Throttle
from db.queries import jobs
from ingestion import deletion, viewing
from ingestion.audit import AuditAction
from ingestion.storage import Bucket
from tests.conftest import ROOT, Submit
from tests.integration import leftovers
from tests.integration.leftovers import aged, deletions, in_store, log, rows_of


@pytest.fixture(autouse=True)
def _empty_store(bucket: Bucket) -> None:
    leftovers.empty(bucket)


def test_uploads_go_when_they_are_old_and_not_before(
    sessions: Sessions, user_id: int, bucket: Bucket, processed: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "_JOBS_AT_ONCE", 2)
    old = [processed(f"email\n{name}@x.com\n".encode()) for name in "abcde"]
    young = processed(b"email\nf@x.com\n")
    for job_id in old:
        aged(sessions, job_id, 30.1)
    aged(sessions, young, 29.9)

    assert deletion.expire(sessions, 30) == 5
    assert deletion.expire(sessions, 30) == 0

    assert [upload.id for upload in viewing.listed(sessions, user_id)] == [young]
    assert sorted(log(sessions), key=str) == [(AuditAction.DELETE_UPLOAD, None, job_id) for job_id in old]
    assert {entry.detail["reason"] for entry in deletions(sessions)} == {"older than 30 days"}
    while deletion.purge(sessions, bucket):
        pass
    assert not any(any(rows_of(sessions, job_id).values()) for job_id in old)


@pytest.mark.parametrize(
    ("status", "silent_days", "goes"),
    [
        ("PROCESSING", 40, False),
        ("FINALIZING", 40, False),
        ("UPLOADING", 0.9, False),
        ("UPLOADING", 1.1, True),
        ("PENDING", 40, True),
        ("NEEDS_REVIEW", 40, True),
        ("FAILED", 40, True),
    ],
)
def test_what_somebody_works_on_or_sends_is_left_for_another_time(
    status: str, silent_days: float, goes: bool, sessions: Sessions, submit: Submit
) -> None:
    job_id = submit(b"email\na@x.com\n")
    aged(sessions, job_id, 40)
    with sessions.begin() as session:
        silent_since = dt.datetime.now(dt.UTC) - dt.timedelta(days=silent_days)
        jobs.change(session, job_id, status=status, heartbeat_at=silent_since)
    assert deletion.expire(sessions, 30) == goes


def test_two_who_look_for_old_uploads_delete_each_once(sessions: Sessions, submit: Submit) -> None:
    job_id = submit(b"email\na@x.com\n")
    aged(sessions, job_id, 40)
    with sessions.begin() as other:
        assert jobs.find(other, job_id, lock=True)
        assert deletion.expire(sessions, 30) == 0
    assert deletion.expire(sessions, 30) == 1
    assert len(log(sessions)) == 1


@pytest.mark.parametrize(("days", "left"), [("30", 1), ("", 2)])
def test_workers_delete_by_age_only_when_they_are_told_to_and_purge_in_any_case(
    days: str,
    left: int,
    sessions: Sessions,
    user_id: int,
    bucket: Bucket,
    submit: Submit,
    environment: dict[str, str],
) -> None:
    _young, old, deleted = (submit(f"email\n{name}@x.com\n".encode()) for name in "abc")
    aged(sessions, old, 31)
    deletion.request(sessions, user_id, deleted)
    with sessions.begin() as session:
        session.add(Throttle(key="old", failures=1, failed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))

    subprocess.run(
        [sys.executable, "-c", "from tasks.requeue import clean_up, purge; clean_up(); purge()"],
        cwd=ROOT,
        env={**environment, "RETENTION_DAYS": days},
        check=True,
        timeout=60,
    )

    assert len(viewing.listed(sessions, user_id)) == left
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == left
        assert session.scalar(select(func.count()).select_from(Throttle)) == 0
    assert in_store(bucket, "uploads/") == left
