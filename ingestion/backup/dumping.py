"""From an installation, which may be at work, to one file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from db.engine import make_engine
from db.queries import backups
from db.queries.backups import StoredFile
from ingestion import product
from ingestion.backup import archive, programs
from ingestion.backup.archive import Tell, Writer
from ingestion.backup.manifest import (
    DATABASE,
    FORMAT,
    Content,
    Manifest,
    MissingObject,
    StoredObject,
    name_of,
)
from ingestion.errors import IngestionError, NotFound, StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import MEGABYTE, Settings
from ingestion.storage import Bucket, make_bucket

_ATTEMPTS = 3
"""At one file: a connection that breaks while a large file is read shall not cost all the rest."""


class NothingToBackUp(IngestionError):
    """What the settings name is no installation, or database and bucket do not belong together."""


@dataclass(frozen=True)
class _Database:
    """What the snapshot of the database says."""

    made_at: dt.datetime
    revision: str
    server_version: str
    bytes_on_disk: int
    counts: dict[str, int]
    files: list[StoredFile]
    dump: Content


def dump(settings: Settings, path: Path, tell: Tell, *, replace: bool = False) -> Manifest:
    """Write the installation that the settings name to `path`; what was written.

    The database is as it was at one moment, soon after the call. The files are those that it names then: a
    file is written once and never changed, so it is the right one whenever it is read. What was deleted
    meanwhile is listed as missing. Raises Conflict where `path` exists and is not to be replaced,
    NothingToBackUp, ProgramFailed, StorageUnavailable, OSError; no file is left then.
    """
    bucket = make_bucket(settings)
    with archive.written(path, replace=replace) as writer:
        database = _database(settings, writer, tell)
        objects: list[StoredObject] = []
        missing: list[MissingObject] = []
        for number, file in enumerate(database.files, start=1):
            tell(f"file {number:,} of {len(database.files):,}")
            stored = _stored(bucket, writer, file)
            if stored is None:
                missing.append(MissingObject(file.key, file.job_id, file.status))
            else:
                objects.append(stored)
        if missing_unexpectedly(missing) and not objects:
            raise NothingToBackUp(
                f"None of the uploaded files is in the bucket {bucket.name}. Is S3_BUCKET_NAME the one that "
                "belongs to this database?"
            )
        manifest = Manifest(
            format=FORMAT,
            product_version=product.version(),
            schema_revision=database.revision,
            postgres_version=database.server_version,
            made_at=database.made_at,
            counts=database.counts,
            database_bytes=database.bytes_on_disk,
            dump=database.dump,
            objects=tuple(objects),
            missing=tuple(missing),
        )
        writer.finish(manifest)
    return manifest


def missing_unexpectedly(missing: list[MissingObject] | tuple[MissingObject, ...]) -> int:
    """How many of the files that are not there should be: one that is still being uploaded need not."""
    return sum(file.status not in (JobStatus.UPLOADING, JobStatus.FAILED) for file in missing)


def _database(settings: Settings, writer: Writer, tell: Tell) -> _Database:
    engine = make_engine(settings.database_url)
    try:
        with Session(engine) as session:
            snapshot = backups.keep_one_snapshot(session)
            revision = backups.schema_revision(session)
            if revision is None:
                raise NothingToBackUp("The database that DATABASE_URL names has no tables of this product.")
            made_at = dt.datetime.now(dt.UTC)
            return _Database(
                made_at=made_at,
                revision=revision,
                server_version=backups.server_version(session),
                bytes_on_disk=backups.database_bytes(session),
                counts=backups.counts(session),
                files=backups.stored_files(session),
                dump=writer.add(DATABASE, _counted(programs.dumped(settings.database_url, snapshot), tell)),
            )
    finally:
        engine.dispose()


def _counted(chunks: Iterator[bytes], tell: Tell) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        tell(f"database, {size / MEGABYTE:,.0f} MB so far")
        yield chunk


def _stored(bucket: Bucket, writer: Writer, file: StoredFile) -> StoredObject | None:
    """Copy a file into the archive; None where the store does not have it."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with bucket.opened(file.key) as body:
                chunks = body.iter_chunks(archive.CHUNK_BYTES)
                return StoredObject(file.key, writer.add(name_of(file.key), chunks))
        except NotFound:
            return None
        except StorageUnavailable:
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError
