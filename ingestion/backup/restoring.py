"""From one file to an installation, where nobody has one yet."""

import shutil
from pathlib import Path

from sqlalchemy.orm import Session

from db import schema
from db.engine import make_engine
from db.queries import backups
from ingestion.accepted_files import content_type_of
from ingestion.backup import archive, programs
from ingestion.backup.archive import Part, Tell, UnusableBackup
from ingestion.backup.manifest import DATABASE, Manifest, StoredObject, name_of
from ingestion.errors import Conflict, NotFound
from ingestion.settings import MEGABYTE, Settings
from ingestion.storage import Bucket, make_bucket


def check(path: Path, tell: Tell) -> Manifest:
    """What a backup holds, once all of it was read and found to be restorable here. It touches nothing else.

    Raises UnusableBackup; ProgramFailed where Postgres' programs here are older than those it was made with.
    """
    manifest = archive.verified(path, tell)
    if not schema.is_known(manifest.schema_revision):
        raise UnusableBackup(
            f"{path} is of a later release of this product (its schema is {manifest.schema_revision}). "
            "Restore it with that release or a newer one."
        )
    with archive.part_of(path, DATABASE) as dump:
        programs.check_readable(dump)
    return manifest


def check_room(manifest: Manifest, folder: Path) -> None:
    """Raise Conflict where the disk of `folder` has no room for the database and the files."""
    needed = manifest.database_bytes + manifest.object_bytes
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Conflict(
            f"Restoring needs some {needed / MEGABYTE:,.0f} MB beside the present data, and {folder} has "
            f"{free / MEGABYTE:,.0f} MB left. Make room and try again."
        )


def restore(settings: Settings, path: Path, tell: Tell) -> Manifest:
    """Fill the database and the bucket that the settings name from a backup; what it held.

    The database must be empty, or migrated and never used; the bucket must have no other file under one of
    the backup's keys. Nothing is deleted or written over. The files go first, the database after them in one
    transaction, then the migrations that the backup is older than: stopped anywhere, it can be repeated.
    Raises UnusableBackup, ProgramFailed, Conflict, StorageUnavailable.
    """
    manifest = check(path, tell)
    bucket = make_bucket(settings)
    _refuse_used(settings, manifest)
    with archive.parts_of(path) as part:
        for number, stored in enumerate(manifest.objects, start=1):
            tell(f"file {number:,} of {len(manifest.objects):,}")
            _put(bucket, stored, part)
    tell("database")
    with archive.part_of(path, DATABASE) as dump:
        programs.load(settings.database_url, dump)
    tell("migrations")
    schema.upgrade(settings.database_url)
    return manifest


def _refuse_used(settings: Settings, manifest: Manifest) -> None:
    engine = make_engine(settings.database_url)
    try:
        with Session(engine) as session:
            if backups.is_used(session):
                raise Conflict(
                    "The database that DATABASE_URL names is in use. Restore into a new one: nothing is "
                    "written over, and nothing was changed."
                )
            version = backups.server_version(session)
    finally:
        engine.dispose()
    if _major(version) < _major(manifest.postgres_version):
        raise Conflict(
            f"The backup is of PostgreSQL {manifest.postgres_version} and the server is {version}. "
            "Restore it on the same major version or a newer one."
        )


def _put(bucket: Bucket, stored: StoredObject, part: Part) -> None:
    if _is_there(bucket, stored):
        return
    with part(name_of(stored.key)) as body:
        bucket.put_in_parts(stored.key, body, content_type_of(stored.key))


def _is_there(bucket: Bucket, stored: StoredObject) -> bool:
    """Whether the bucket has the very file: a restore was stopped, or only the database was lost."""
    try:
        with bucket.opened(stored.key) as body:
            if archive.content_of(body) == stored.content:
                return True
    except NotFound:
        return False
    raise Conflict(
        f"The bucket {bucket.name} has another file under {stored.key}. Restore into a bucket of its own: "
        "nothing is written over."
    )


def _major(version: str) -> int:
    return int(version.split(".")[0])
