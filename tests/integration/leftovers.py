"""What is left of uploads: for tests of their deletion."""

from sqlalchemy import func, select, text

from db.engine import Sessions
from db.models import Base, Share
from db.queries import audit
from ingestion import bulk, deciding, history, undoing
from ingestion.audit import ACTIONS, AuditAction, Group
from ingestion.bulk import Request
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import IssueType
from ingestion.storage import Bucket
from tests.integration.desk import HEADER, Desk

CONTENT = (
    HEADER
    + (
        "ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Sousa,Acme,\nbad,Bo,Li,Hooli,3\n"
        "cy@x.com,Cy,Ng,Initech,4\ncy@x.com,Cy,Ng,Umbrella,5\ndee@x.com,,Doe,Acme,6\n"
    )
).encode()
OUTLIVE = {"audit_log", "workers"}
"""Tables that name a job by its number only."""


def reviewed_upload(sessions: Sessions, user_id: int, job_id: int) -> Desk:
    """The processed CONTENT, decided in every way, finalized and shared: every table has something of it."""
    at = Desk(sessions, user_id, job_id)
    expected = bulk.preview(sessions, user_id, at.job_id, Request(BulkAnswer.KEEP_LAST))
    bulk.carry_out(
        sessions, user_id, at.job_id, Request(BulkAnswer.KEEP_LAST), expected=expected.decided.total()
    )
    # It joins a group that was settled, which is asked about again.
    wrong = at.see(IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(sessions, wrong, cells=["ana@x.com", "Bo", "Li", "Hooli", "3"])
    deciding.choose(sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    deciding.accept(sessions, at.see(IssueType.MISSING_FIRST_NAME))
    undoing.undo(sessions, user_id, at.job_id, history.listed(sessions, user_id, at.job_id)[0].id)
    deciding.accept(sessions, at.see(IssueType.MISSING_FIRST_NAME))
    at.finalize()
    with sessions.begin() as session:
        session.add(Share(job_id=job_id, user_id=user_id))
    return at


def in_store(bucket: Bucket, prefix: str) -> int:
    """How many versions, delete markers and unfinished uploads the store has of keys that begin so."""
    found = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=prefix)
    parts = bucket.client.list_multipart_uploads(Bucket=bucket.name, Prefix=prefix)
    return (
        len(found.get("Versions", [])) + len(found.get("DeleteMarkers", [])) + len(parts.get("Uploads", []))
    )


def empty(bucket: Bucket) -> None:
    """Jobs of earlier tests had the same numbers."""
    for page in bucket.client.get_paginator("list_object_versions").paginate(Bucket=bucket.name):
        for key in {found["Key"] for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]}:
            bucket.delete(key)
    for begun in bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", []):
        bucket.abort_parts(begun["Key"], begun["UploadId"])


def rows_of(sessions: Sessions, job_id: int) -> dict[str, int]:
    """How many rows of a job each table has, by every table that names jobs but those that outlive them."""
    tables = [t for t in Base.metadata.sorted_tables if "job_id" in t.c and t.name not in OUTLIVE]
    with sessions() as session:
        return {
            table.name: session.execute(
                select(func.count()).select_from(table).where(table.c.job_id == job_id)
            ).scalar_one()
            for table in tables
        }


def deletions(sessions: Sessions) -> list[audit.Entry]:
    """What the audit log says of uploads that were deleted and purged, newest first."""
    criteria = audit.Criteria(sorted(ACTIONS[Group.DELETIONS]))
    with sessions() as session:
        return audit.page(session, criteria, before=None, limit=50)


def log(sessions: Sessions) -> list[tuple[AuditAction, str | None, int | None]]:
    """What was deleted and purged by whom of which job, oldest first."""
    return [(AuditAction(entry.action), entry.who, entry.job_id) for entry in reversed(deletions(sessions))]


def aged(sessions: Sessions, job_id: int, days: float) -> None:
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE jobs SET created_at = now() - :days * interval '1 day',"
                " heartbeat_at = now() - :days * interval '1 day' WHERE id = :job"
            ),
            {"job": job_id, "days": days},
        )


def quieten(sessions: Sessions) -> None:
    """Let the time pass in which a file may still be on its way."""
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE jobs SET created_at = created_at - interval '16 minutes',"
                " heartbeat_at = heartbeat_at - interval '16 minutes'"
            )
        )
