"""Large files: the browser sends them straight to the store, in parts, past the dashboard's memory.

The dashboard keeps the job and signs an address for each part; what has arrived, the store knows best. So an
upload goes on after any interruption, in another window too: whoever begins with the same file is told which
parts are there. Until the file is taken over, its job is UPLOADING.
"""

import datetime as dt
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion import deletion, file_parts, intake, tombstones, uploads
from ingestion.accepted_files import check, content_type_of
from ingestion.access import permitted, require_without_upload
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.text import MAX_UNPACKED_BYTES
from ingestion.errors import Conflict, NotFound, RefusedUpload, StorageUnavailable
from ingestion.file_parts import PART_BYTES
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.storage import Bucket
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_SILENT_AFTER = dt.timedelta(hours=24)
"""Somebody whose connection or laptop went down in the evening can go on in the morning."""
_FINGERPRINT = re.compile(r"[0-9a-z-]{8,100}")


class SameContent(Conflict):
    """The user uploaded what seems to be the same file before. Nothing was stored; they may want it again."""


@dataclass(frozen=True)
class Begun:
    """What a browser needs to send a file, or the rest of it."""

    job_id: int
    part_bytes: int
    """Of every part but the last."""
    present: tuple[int, ...]
    """Numbers of the parts, from 1, that need not be sent."""


@dataclass(frozen=True)
class Unfinished:
    """An upload whose file has not arrived."""

    job_id: int
    filename: str
    size: int
    sent_bytes: int
    """As of the last sign of life."""


def begin(
    sessions: Sessions,
    bucket: Bucket,
    *,
    user_id: int,
    filename: str,
    size: int,
    fingerprint: str,
    modified_ms: int,
    max_bytes: int,
    max_workbook_bytes: int,
    again: bool = False,
    per_hour: int | None = None,
) -> Begun:
    """Begin to send a file of `size` bytes, or go on with the user's own unfinished upload of the same file.

    Content seems the same where its size and `fingerprint` are: what the browser makes of its first and last
    MiB, because reading all of it would take as long as sending it. An upload goes on only where the file's
    time of modification, in milliseconds since 1970, is the same too: parts of two versions would make a file
    that nobody has. The user may begin `per_hour` files (None: any number); TooManyUploads says when the
    next. Raises NotAllowed; RefusedUpload; SameContent unless `again`, where the user has another upload of
    what seems the same; StorageUnavailable.
    """
    check(filename, size, max_bytes, max_workbook_bytes)
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise RefusedUpload("The browser could not read the file. Choose it again.")
    # Never to be taken for the digest of a whole file.
    name_of_content = f"ends-{size}-{fingerprint}"
    with sessions() as session:
        require_without_upload(session, user_id, Permission.UPLOAD)
        job = jobs.unfinished_upload(session, user_id, name_of_content, modified_ms)
    if job is not None:
        return _go_on(sessions, bucket, job)
    if not again:
        _refuse_twin(sessions, user_id, filename, name_of_content)
    # The job first: whatever ends this, nothing is in the store that no job knows of.
    with sessions.begin() as session:
        job_id, file_key = uploads.add_job(
            session,
            user_id,
            filename,
            per_hour,
            file_size=size,
            file_sha256=name_of_content,
            file_modified_ms=modified_ms,
            heartbeat_at=func.now(),
        )
    try:
        upload_id = bucket.begin_parts(file_key, content_type_of(filename))
    except StorageUnavailable:
        tombstones.abandon(sessions, job_id)
        raise
    with sessions.begin() as session:
        permitted(session, user_id, job_id, Permission.MANAGE, lock=True).upload_id = upload_id
    logger.info("upload_begun", job_id=job_id, user_id=user_id, bytes=size)
    return Begun(job_id, PART_BYTES, ())


def sign(
    sessions: Sessions,
    bucket: Bucket,
    *,
    user_id: int,
    job_id: int,
    numbers: Collection[int],
    sent_bytes: int,
) -> dict[int, str]:
    """An address for each of these parts, to PUT it to. Also a sign of life: `sent_bytes` are there so far.

    Raises RefusedUpload for a part that the file does not have, NotFound, NotAllowed, Conflict.
    """
    job, sizes = _expecting(sessions, user_id, job_id, numbers, sent_bytes)
    key, upload_id = job.file_key, str(job.upload_id)
    return {number: bucket.sign_part(key, upload_id, number, sizes[number]) for number in numbers}


def put(
    sessions: Sessions,
    bucket: Bucket,
    *,
    user_id: int,
    job_id: int,
    number: int,
    content: bytes,
    sent_bytes: int,
) -> None:
    """Store a part, for a process that reaches the store by itself. A sign of life as in `sign`.

    Raises what `sign` raises, RefusedUpload also for a part of another size; StorageUnavailable.
    """
    job, sizes = _expecting(sessions, user_id, job_id, [number], sent_bytes)
    if len(content) != sizes[number]:
        raise RefusedUpload("The file changed while it was sent. Upload it again.")
    bucket.put_part(job.file_key, str(job.upload_id), number, content)


def complete(
    sessions: Sessions,
    bucket: Bucket,
    enqueue: uploads.Enqueue,
    *,
    user_id: int,
    job_id: int,
    max_bytes: int = MAX_UNPACKED_BYTES,
    options: ParseOptions | None = None,
) -> None:
    """Make the file of its parts and have it taken over, read by `options` where they are given.

    May be repeated.

    `max_bytes` is the most that a packed file may hold. A file that is no contact list has been taken over
    too: its job says what it is. Raises Conflict where parts are missing, which `begin` then tells, and where
    the upload was failed as silent; NotFound, also where it was cancelled meanwhile; NotAllowed;
    StorageUnavailable.
    """
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
        if job.arrived_at is not None or job.status not in (JobStatus.UPLOADING, JobStatus.FAILED):
            return
        # A sign of life: making the file of its parts may take minutes, in which no part is signed.
        _being_sent(session, user_id, job_id).heartbeat_at = dt.datetime.now(dt.UTC)
    file_parts.join(bucket, job)
    try:
        intake.arrived(
            sessions, bucket, enqueue, user_id=user_id, job_id=job_id, max_bytes=max_bytes, options=options
        )
    except NotFound:
        # Somebody who may not see it any more leaves the file to those who may.
        if tombstones.is_buried(sessions, job_id):
            bucket.delete(job.file_key)
        raise
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
        if job.status == JobStatus.FAILED and job.arrived_at is None:  # one that was looked at has arrived
            raise Conflict("The upload was given up before its file was taken over. Upload the file again.")
        job.upload_id = None


def cancel(sessions: Sessions, bucket: Bucket, *, user_id: int, job_id: int) -> None:
    """Delete an unfinished upload and what arrived of it. Raises NotFound, NotAllowed, Conflict.

    What the store does not free now, also because its file is just being made of its parts, it frees later.
    """
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.DELETE, lock=True)
        _require_being_sent(job)
        tombstones.bury(session, job, user_id=user_id, reason="cancelled")
    logger.info("upload_deleted", job_id=job_id, user_id=user_id, reason="cancelled")
    with suppress(StorageUnavailable):
        deletion.purge_one(sessions, bucket, job_id)


def unfinished(sessions: Sessions, user_id: int) -> list[Unfinished]:
    """The user's uploads whose file has not arrived, oldest first. Raises NotAllowed."""
    with sessions() as session:
        require_without_upload(session, user_id, Permission.UPLOAD)
        return [
            Unfinished(job.id, job.original_filename, job.file_size, job.processed_bytes)
            for job in jobs.unfinished_uploads(session, user_id)
        ]


def clean_up(sessions: Sessions, bucket: Bucket) -> None:
    """Fail uploads that were silent for a day, and free the parts of failed ones.

    May run anywhere at any time. While the store does not answer, its part waits for the next time.
    """
    with sessions.begin() as session:
        jobs.fail_silent_uploads(
            session,
            silent_since=dt.datetime.now(dt.UTC) - _SILENT_AFTER,
            message="The upload stopped before the whole file had arrived. Upload the file again.",
        )
    with sessions() as session:
        left = jobs.with_parts_left(session)
    for job in left:
        bucket.abort_parts(job.file_key, str(job.upload_id))
        with sessions.begin() as session:
            jobs.change(session, job.id, upload_id=None)
        logger.info("parts_freed", job_id=job.id)


def _expecting(
    sessions: Sessions, user_id: int, job_id: int, numbers: Collection[int], sent_bytes: int
) -> tuple[Job, dict[int, int]]:
    """The job that is about to get these parts, and the size of each part that its file has."""
    with sessions.begin() as session:
        job = _being_sent(session, user_id, job_id, lock=True)
        sizes = file_parts.sizes(job.file_size)
        if not sizes.keys() >= set(numbers):
            raise RefusedUpload("The file has no such part. Reload the page and choose the file again.")
        job.heartbeat_at = dt.datetime.now(dt.UTC)
        job.processed_bytes = min(max(sent_bytes, 0), job.file_size)
    return job, sizes


def _refuse_twin(sessions: Sessions, user_id: int, filename: str, name_of_content: str) -> None:
    twin = uploads.earlier_with_content(sessions, user_id, name_of_content)
    if twin is not None:
        raise SameContent(f"{filename} seems to have the same content as {twin.filename} (upload {twin.id}).")


def _go_on(sessions: Sessions, bucket: Bucket, job: Job) -> Begun:
    try:
        present = file_parts.present(bucket, job)
    except NotFound:
        present = _ended(sessions, bucket, job)
    return Begun(job.id, PART_BYTES, present)


def _ended(sessions: Sessions, bucket: Bucket, job: Job) -> tuple[int, ...]:
    """The parts present where the store knows nothing of them any more: all or none."""
    if file_parts.are_joined(bucket, job):  # and the browser never heard of it
        return tuple(file_parts.sizes(job.file_size))
    # The store dropped what was unfinished: by its own rule, or because it was an emulator and ended.
    with sessions.begin() as session:
        _being_sent(session, job.user_id, job.id, lock=True).heartbeat_at = dt.datetime.now(dt.UTC)
    upload_id = bucket.begin_parts(job.file_key, content_type_of(job.original_filename))
    with sessions.begin() as session:
        _being_sent(session, job.user_id, job.id, lock=True).upload_id = upload_id
    return ()


def _being_sent(session: Session, user_id: int, job_id: int, *, lock: bool = False) -> Job:
    job = permitted(session, user_id, job_id, Permission.MANAGE, lock=lock)
    _require_being_sent(job)
    return job


def _require_being_sent(job: Job) -> None:
    if job.status != JobStatus.UPLOADING or job.arrived_at is not None or job.upload_id is None:
        raise Conflict("This upload is over. Look again where it stands.")
