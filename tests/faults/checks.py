"""What must hold after a run. Each check says what is wrong, as lines; none means that it holds."""

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

import boto3
from sqlalchemy import text

from db.engine import Sessions
from ingestion import export
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from tests.faults.outcomes import Outcome
from tests.tables import tables_of

_SETTLED = frozenset({JobStatus.COMPLETED, JobStatus.NEEDS_REVIEW, JobStatus.FAILED})
_NOT_FOR_PEOPLE = ("Traceback", "psycopg2", "botocore", "sqlalchemy", "Error(", "Errno")
_OUTLIVING = frozenset({"audit_log"})
"""Tables that name jobs which are gone, on purpose."""
_LOG = (
    "SELECT d.action, d.issue_type, d.row_number, d.email, d.values_json, d.batch_id IS NOT NULL,"
    " (SELECT count(*) FROM issue_resolutions c WHERE c.caused_by = d.id)"
    " FROM issue_resolutions d WHERE d.job_id = :job AND d.caused_by IS NULL AND d.batch_id IS NULL"
    " ORDER BY d.id"
)
_ENTRIES = (
    "SELECT action, issue_type, row_number, email, values_json, batch_id IS NOT NULL, caused_by IS NOT NULL,"
    " reverses IS NOT NULL FROM issue_resolutions WHERE job_id = :job"
)
_VERSIONS = (
    "SELECT version, total_rows, contact_count, skipped_count, duplicate_count, collapsed_count,"
    " export_sha256 FROM finalizations WHERE job_id = :job ORDER BY version"
)


@dataclass(frozen=True)
class Check:
    """One thing that must hold."""

    name: str
    findings: list[str]


def settled(outcomes: Sequence[Outcome]) -> list[str]:
    """Every upload ended, and a failure says what a person can do."""
    found = [line for outcome in outcomes for line in outcome.complaints]
    for one in outcomes:
        if one.is_deleted or one.complaints:
            continue
        if one.status not in _SETTLED:
            found.append(f"{_named(one)} ended as {one.status}")
        messages = [*one.failures, *([one.error_message] if one.status is JobStatus.FAILED else [])]
        found += [
            f"{_named(one)} failed with: {message!r}" for message in messages if not is_for_people(message)
        ]
        if one.planned.is_bad != (one.status is JobStatus.FAILED):
            found.append(f"{_named(one)} is {one.status}: {[*one.failures, one.error_message]}")
    return found


def is_for_people(message: str) -> bool:
    """Whether a reason reads as one that somebody can act on."""
    return len(message) > 20 and not any(sign in message for sign in _NOT_FOR_PEOPLE)


def none_doubled(sessions: Sessions, user_id: int, outcomes: Sequence[Outcome]) -> list[str]:
    """Every file is one upload; what is left of attempts that failed half-way failed with a reason."""
    with sessions() as session:
        jobs = session.execute(
            text("SELECT id, status, error_message FROM jobs WHERE user_id = :user"), {"user": user_id}
        ).all()
    ours = {one.job_id for one in outcomes}
    left = set().union(*(one.interrupted for one in outcomes))
    found = [
        f"job {job.id} is {job.status} and no operator knows it: {job.error_message!r}"
        for job in jobs
        if job.id not in ours
        and not (job.status == JobStatus.FAILED and is_for_people(job.error_message or ""))
    ]
    return found + [f"job {job} is two uploads" for job in ours & left]


def same_as(
    sessions: Sessions, pairs: Sequence[tuple[Outcome, Outcome]], users: tuple[int, int]
) -> list[str]:
    """An upload has the same rows, decisions, versions and export as its undisturbed twin."""
    found = []
    for disturbed, twin in pairs:
        here, there = (
            _all_of(sessions, user, one) for user, one in zip(users, (disturbed, twin), strict=True)
        )
        parts = sorted(here.keys() | there.keys())
        different = [part for part in parts if here.get(part) != there.get(part)]
        found += [
            f"{_named(disturbed)}: {part} differs from its twin's: "
            f"{_difference(here.get(part, []), there.get(part, []))}"
            for part in different
        ]
    return found


def _all_of(sessions: Sessions, user_id: int, outcome: Outcome) -> dict[str, list[object]]:
    assert outcome.job_id is not None
    parts: dict[str, list[object]] = {
        name: list(rows) for name, rows in tables_of(sessions, outcome.job_id).items()
    }
    with sessions() as session:
        for name, query in {"decisions": _LOG, "entries": _ENTRIES, "versions": _VERSIONS}.items():
            rows = [tuple(row) for row in session.execute(text(query), {"job": outcome.job_id})]
            parts[name] = list(sorted(rows, key=repr) if name == "entries" else rows)
    if outcome.status is JobStatus.FAILED:
        # How far it had been read when that was last noted is a matter of the moment.
        parts["jobs"] = [outcome.error_message]
    if outcome.status is JobStatus.COMPLETED:
        parts["export"] = [b"".join(export.open_contacts(sessions, user_id, outcome.job_id).chunks)]
    return parts


def _difference(here: list[object], there: list[object]) -> str:
    only_here = [one for one in here if one not in there][:2]
    only_there = [one for one in there if one not in here][:2]
    return f"{len(here)} and {len(there)} rows, e.g. {str(only_here)[:300]} and {str(only_there)[:300]}"


def each_email_once(sessions: Sessions) -> list[str]:
    """No upload has two contacts with one e-mail, however it is written."""
    query = (
        "SELECT job_id, lower(email) AS email, count(*) FROM final_contacts"
        " GROUP BY 1, 2 HAVING count(*) > 1 LIMIT 10"
    )
    with sessions() as session:
        return [f"job {row.job_id} has {row.email} twice" for row in session.execute(text(query))]


def no_orphaned_row(sessions: Sessions) -> list[str]:
    """Every row of every table that names a job belongs to one."""
    columns = (
        "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t"
        " USING (table_schema, table_name) WHERE c.column_name = 'job_id' AND c.table_schema = 'public'"
        " AND t.table_type = 'BASE TABLE'"
    )
    found = []
    with sessions() as session:
        tables = [name for name in session.scalars(text(columns)) if name not in _OUTLIVING]
        assert len(tables) > 5, "the tables are not where they were looked for"
        for table in sorted(tables):
            orphans = f"SELECT DISTINCT job_id FROM {table} WHERE job_id NOT IN (SELECT id FROM jobs) LIMIT 5"
            found += [
                f"{table} has rows of job {job}, which is gone" for job in session.scalars(text(orphans))
            ]
    return found


def no_orphaned_object(sessions: Sessions, direct: Settings) -> list[str]:
    """Every version of every object belongs to an upload, and every upload taken in has its object."""
    s3 = _account(direct).client("s3", endpoint_url=direct.aws_endpoint_url)
    kept = {
        version["Key"]
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=direct.s3_bucket_name)
        for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    }
    with sessions() as session:
        jobs = {
            row.file_key: row.status for row in session.execute(text("SELECT file_key, status FROM jobs"))
        }
    parts = s3.list_multipart_uploads(Bucket=direct.s3_bucket_name).get("Uploads", [])
    missing = [key for key, status in jobs.items() if status != JobStatus.FAILED and key not in kept]
    return [
        *(f"{key} is in the bucket and belongs to no upload" for key in sorted(kept - jobs.keys())),
        *(f"{key} is not in the bucket, and its upload is {jobs[key]}" for key in missing),
        *(f"{part['Key']} has parts of an unfinished upload" for part in parts),
    ]


def letters_belong_to_failures(
    sessions: Sessions, direct: Settings, outcomes: Sequence[Outcome]
) -> list[str]:
    """A dead letter is about an upload that failed, if only for a time, or that was deleted."""
    sqs = _account(direct).client("sqs", endpoint_url=direct.aws_endpoint_url)
    url = sqs.get_queue_url(QueueName=direct.dead_letter_queue_name)["QueueUrl"]
    letters = []
    # Taken away for good: what is looked at here is looked at once.
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for letter in found:
            letters.append(json.loads(b64decode(letter["Body"])))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
    with sessions() as session:
        failed = set(session.scalars(text("SELECT id FROM jobs WHERE status = 'FAILED'")))
    failed |= {one.job_id for one in outcomes if one.failures or one.is_deleted}
    return [
        f"a dead letter of {letter['actor_name']} is about job {job}, which did not fail"
        for letter in letters
        if (job := _job_of(letter)) not in failed
    ]


def _job_of(letter: dict[str, dict[str, int]]) -> int | None:
    return letter["kwargs"].get("job_id")


def queue_depth(direct: Settings) -> int:
    """How many messages wait, are delayed, or are being worked on."""
    sqs = _account(direct).client("sqs", endpoint_url=direct.aws_endpoint_url)
    url = sqs.get_queue_url(QueueName=direct.sqs_queue_name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(int(attributes[name]) for name in attributes if name.startswith("ApproximateNumberOfMessages"))


def no_lock_left(sessions: Sessions) -> list[str]:
    """Once the workers have ended nobody holds a job or a transaction."""
    locks = "SELECT pid, classid, objid FROM pg_locks WHERE locktype = 'advisory'"
    open_ = (
        "SELECT pid, state, left(query, 200) AS query FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with sessions() as session:
        return [
            *(f"an advisory lock is held by {row.pid}" for row in session.execute(text(locks))),
            *(f"{row.pid} is {row.state}: {row.query}" for row in session.execute(text(open_))),
        ]


def _account(direct: Settings) -> boto3.Session:
    return boto3.Session(
        direct.aws_access_key_id, direct.aws_secret_access_key, region_name=direct.aws_region
    )


def _named(outcome: Outcome) -> str:
    planned = outcome.planned
    return f"upload {planned.number} (job {outcome.job_id}, {planned.shape}, {planned.rows:,} rows)"
