"""The versions of an upload's contacts: one for each time that it was finalized."""

import datetime as dt
import hashlib
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from sqlalchemy import Engine

from db.engine import Sessions
from db.models import Finalization
from db.queries import finalizations
from ingestion import export_names, replay
from ingestion.access import permitted
from ingestion.errors import Busy, Conflict, NotFound, UnreadableFile
from ingestion.export import Download, note, streamed
from ingestion.formats import Format
from ingestion.protection import Cells
from ingestion.rebuilding import NotReplayable
from ingestion.rules.permissions import Permission
from ingestion.storage import Bucket

_ONE_AT_A_TIME = threading.Lock()
"""Making a version anew keeps a processor busy for as long as taking the file in did."""
_PLACES = threading.BoundedSemaphore(4)
"""For whoever has one made and those who wait: each keeps a thread that other downloads need."""
_WAIT_SECONDS = 10.0
_BUSY = "Another version is being made; try again in a minute."


@dataclass(frozen=True)
class Version:
    """The contacts as they once were."""

    number: int
    """From 1, in the order in which they were made."""
    at: dt.datetime
    """UTC."""
    contacts: int
    decided_by: tuple[str, ...]
    """Who decided something since the version before; nobody where nothing was asked."""


def listed(sessions: Sessions, user_id: int, job_id: int) -> list[Version]:
    """An upload's versions, newest first. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        found = finalizations.listed(session, job_id)
    return [version_of(version) for version in found]


def version_of(made: finalizations.Version) -> Version:
    """What people see of a version."""
    return Version(made.number, made.made_at, made.contact_count, tuple(made.decided_by))


def open_version(
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    job_id: int,
    number: int,
    cells: Cells = Cells.PROTECTED,
) -> Download:
    """The export of a version, made anew from the stored file and the decisions, as CSV.

    What is compared with what was exported then are the exact cells, whatever is asked for.
    Raises NotFound; Conflict where what is made is not what was exported then; StorageUnavailable; and Busy
    where others are being made, for longer than anybody waits here.
    """
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.EXPORT)
        versions = finalizations.of_job(session, job_id)
        engine = session.get_bind().engine
    version = next((version for version in versions if version.version == number), None)
    if version is None:
        raise NotFound("There is no such version of this upload's contacts.")
    file = _made_anew(engine, bucket, version)
    note(sessions, user_id, job_id, file, format=Format.CSV, cells=cells, version=number)
    return Download(export_names.version(job.original_filename, number), streamed(file, cells))


def _made_anew(engine: Engine, bucket: Bucket, version: Finalization) -> IO[bytes]:
    file = tempfile.TemporaryFile(prefix="version-")  # noqa: SIM115  closed by whoever streams it
    try:
        with _turn():
            replay.write_version(engine, bucket, version.job_id, version.version, file)
        file.seek(0)
        if hashlib.file_digest(file, "sha256").hexdigest() != version.export_sha256:
            raise _differs(version)
    except (UnreadableFile, NotReplayable) as error:
        file.close()
        raise _differs(version) from error
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


@contextmanager
def _turn() -> Iterator[None]:
    """Be the only one who makes a version. Raises Busy at once if many wait already, else after 10 s."""
    if not _PLACES.acquire(blocking=False):
        raise Busy(_BUSY)
    try:
        if not _ONE_AT_A_TIME.acquire(timeout=_WAIT_SECONDS):
            raise Busy(_BUSY)
        try:
            yield
        finally:
            _ONE_AT_A_TIME.release()
    finally:
        _PLACES.release()


def _differs(version: Finalization) -> Conflict:
    return Conflict(
        f"Version {version.version} cannot be given: the stored file and the decisions do not lead any more "
        f"to what was exported on {version.created_at:%Y-%m-%d}. Ask whoever runs this installation to run "
        f"“python -m ingestion.replay {version.job_id}”, which says what differs."
    )
