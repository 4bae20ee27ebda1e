"""Uploads as somebody sees them: where each stands, whose it is, and what they may do with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import jobs, people, shares
from ingestion.access import active_role, permitted, require_without_upload, standings
from ingestion.rules.lifecycle import CHECKED, IN_FLIGHT, JobStatus
from ingestion.rules.permissions import Permission, Relation, to_decide, without_upload
from ingestion.rules.validation import ContactColumns

PAGE_SIZE = 50


class Whose(StrEnum):
    """Which uploads are looked at."""

    MINE = "mine"
    SHARED = "shared"
    """With whoever looks."""
    EVERYBODYS = "everybody's"
    """For administrators."""


@dataclass(frozen=True)
class Pace:
    """How fast a file is being read, on the average since it was begun."""

    rows_per_second: float
    bytes_per_second: float
    seconds_left: float
    """Until the last byte is read."""


@dataclass(frozen=True)
class Upload:
    """A job at one moment. Times are in UTC."""

    id: int
    status: JobStatus
    filename: str
    file_size: int
    columns: tuple[str, ...]
    contact_columns: ContactColumns | None
    total_rows: int
    processed_rows: int
    processed_bytes: int
    """Of the file, while it is sent or read."""
    progressed_at: dt.datetime | None
    """When rows and bytes were counted."""
    valid_rows: int
    open_issues: int
    error_message: str | None
    """Why it failed, or why its last attempt did where there will be another."""
    attempt: int
    """The number of the last attempt at the present step, from 1; 0 before the first."""
    next_attempt_at: dt.datetime | None
    """When it is tried again after an attempt that failed."""
    created_at: dt.datetime
    arrived_at: dt.datetime | None
    can_be_retried: bool
    """Whether it failed although it is settled how its file is read."""
    started_at: dt.datetime | None
    processed_at: dt.datetime | None
    completed_at: dt.datetime | None
    owner: str = ""
    """Who uploaded it. This, and all that follows, is known only of what `get` and `listed` give."""
    relation: Relation = Relation.FOREIGN
    """How whoever looks stands to it."""
    permissions: frozenset[Permission] = frozenset()
    """What whoever looks may do with it."""
    shared_with: int = 0
    """So many people."""

    def may(self, permission: Permission) -> bool:
        """Whether whoever looks may do this."""
        return permission in self.permissions

    @property
    def may_decide(self) -> bool:
        """Whether whoever looks may decide about it, or take decisions back, as it stands."""
        return to_decide(is_completed=self.status is JobStatus.COMPLETED) <= self.permissions

    @property
    def awaits_columns(self) -> bool:
        """Whether its file is stored and somebody has to say how it is read."""
        return self.status is JobStatus.UPLOADING and self.arrived_at is not None

    @property
    def in_flight(self) -> bool:
        """Whether it changes by itself."""
        return self.status in IN_FLIGHT and not self.awaits_columns

    @property
    def is_checked(self) -> bool:
        """Whether its file has been read and its rows are checked."""
        return self.status in CHECKED

    @property
    def progress(self) -> float:
        """Of the file, from 0 to 1."""
        return min(self.processed_bytes / max(self.file_size, 1), 1.0)

    @property
    def pace(self) -> Pace | None:
        """How fast it is being read, once that can be told."""
        if self.status is not JobStatus.PROCESSING or not self.started_at or not self.progressed_at:
            return None
        seconds = (self.progressed_at - self.started_at).total_seconds()
        if seconds <= 0 or not self.processed_bytes:
            return None
        return Pace(
            rows_per_second=self.processed_rows / seconds,
            bytes_per_second=self.processed_bytes / seconds,
            seconds_left=seconds * (self.file_size / self.processed_bytes - 1),
        )


def listed(
    sessions: Sessions, user_id: int, whose: Whose | None = None, *, before: int | None = None
) -> list[Upload]:
    """A page of uploads, newest first, those with a smaller id than `before`.

    Without `whose` they are the user's own and those shared with them. Raises NotAllowed where one who is no
    administrator asks for everybody's, and once the account is deactivated.
    """
    with sessions() as session:
        active_role(session, user_id)
        found: list[Job] = []
        if whose in (None, Whose.MINE):
            found += jobs.of_user(session, user_id, before=before, limit=PAGE_SIZE)
        if whose in (None, Whose.SHARED):
            found += jobs.shared_with(session, user_id, before=before, limit=PAGE_SIZE)
        if whose is Whose.EVERYBODYS:
            require_without_upload(session, user_id, Permission.ADMINISTER)
            found += jobs.of_all(session, before=before, limit=PAGE_SIZE)
        newest = sorted(found, key=lambda job: job.id, reverse=True)[:PAGE_SIZE]
        return _as_seen(session, user_id, newest)


def choices(sessions: Sessions, user_id: int) -> list[Whose]:
    """Which of these lists may have something in it for the user; the one that begins is always among them.

    That is their own for those who may upload, and what is shared for others. Raises NotAllowed once the
    account is deactivated.
    """
    with sessions() as session:
        allowed = without_upload(active_role(session, user_id))
        may_upload = Permission.UPLOAD in allowed
        there = {
            Whose.MINE: may_upload or jobs.of_user(session, user_id, limit=1),
            Whose.SHARED: not may_upload or jobs.shared_with(session, user_id, limit=1),
            Whose.EVERYBODYS: Permission.ADMINISTER in allowed and jobs.is_any_of_others(session, user_id),
        }
        return [whose for whose, is_there in there.items() if is_there]


def get(sessions: Sessions, user_id: int, job_id: int) -> Upload:
    """An upload that the user may see. Raises NotFound."""
    with sessions() as session:
        (upload,) = _as_seen(session, user_id, [permitted(session, user_id, job_id, Permission.VIEW)])
        return upload


def _as_seen(session: Session, user_id: int, found: Sequence[Job]) -> list[Upload]:
    """What a user sees of some jobs, and what they may do with each."""
    owners = people.names(session, {job.user_id for job in found})
    shared = shares.counts(session, [job.id for job in found])
    return [
        replace(
            upload_of(job),
            owner=owners[job.user_id],
            relation=standing.relation,
            permissions=standing.permissions,
            shared_with=shared.get(job.id, 0),
        )
        for job, standing in zip(found, standings(session, user_id, found), strict=True)
    ]


def upload_of(job: Job) -> Upload:
    """What people see of a job."""
    mapping = job.parse_options.get("contact_columns")
    return Upload(
        id=job.id,
        status=JobStatus(job.status),
        filename=job.original_filename,
        file_size=job.file_size,
        columns=tuple(job.columns),
        contact_columns=ContactColumns(**mapping) if mapping else None,
        total_rows=job.total_rows,
        processed_rows=job.processed_rows,
        processed_bytes=job.processed_bytes,
        progressed_at=job.heartbeat_at,
        valid_rows=job.valid_rows,
        open_issues=job.conflict_count,
        error_message=job.error_message,
        attempt=job.attempt,
        next_attempt_at=job.next_attempt_at,
        created_at=job.created_at,
        arrived_at=job.arrived_at,
        can_be_retried=job.status == JobStatus.FAILED and bool(job.parse_options),
        started_at=job.started_at,
        processed_at=job.processed_at,
        completed_at=job.completed_at,
    )
