"""A backup of an installation and what is restored from it, over a real Postgres and an S3 endpoint."""

import dataclasses
import io
import itertools
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from db.queries import audit
from ingestion.audit import AuditAction
from ingestion.backup import __main__ as command
from ingestion.backup import archive, programs
from ingestion.backup.archive import UnusableBackup
from ingestion.backup.dumping import NothingToBackUp, dump
from ingestion.backup.manifest import DATABASE, MissingObject
from ingestion.backup.programs import ProgramFailed
from ingestion.backup.restoring import check, check_room, restore
from ingestion.errors import Conflict
from ingestion.settings import Settings
from ingestion.storage import Bucket, make_bucket
from local.aws import AwsAccess, create_resources
from local.postgres import EmbeddedPostgres
from local.postgres_binaries import client_programs
from tests.conftest import ROOT, Submit, add_user
from tests.tables import tables_of

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
CONFLICT = CLEAN + b"ana@x.com,Ana,Silva,Globex\n"

_numbers = itertools.count(1)


def tell(_text: str) -> None:
    """Nobody listens."""


@pytest.fixture(autouse=True)
def _programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{client_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


class Place:
    """A database and a bucket of their own, both empty."""

    def __init__(self, settings: Settings, postgres: EmbeddedPostgres, aws: AwsAccess) -> None:
        name = f"elsewhere-{next(_numbers)}"
        create_resources(aws, name, settings.sqs_queue_name)
        self.settings = settings.model_copy(
            update={"database_url": postgres.url(name), "s3_bucket_name": name}
        )
        self.engine: Engine = make_engine(self.settings.database_url)
        self.sessions: Sessions = make_sessions(self.engine)
        self.bucket: Bucket = make_bucket(self.settings)

    def run(self, statement: str) -> list[object]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement))
            return [row[0] for row in result] if result.returns_rows else []

    def tables(self) -> list[object]:
        return self.run("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")


@pytest.fixture
def there(settings: Settings, postgres: EmbeddedPostgres, aws: AwsAccess) -> Iterator[Place]:
    place = Place(settings, postgres, aws)
    yield place
    place.engine.dispose()


def test_what_is_restored_is_what_was_backed_up(
    processed: Submit, sessions: Sessions, settings: Settings, bucket: Bucket, there: Place, file: Path
) -> None:
    jobs = [processed(CLEAN), processed(CONFLICT, name="conflict.csv")]
    made = dump(settings, file, tell)

    assert restore(there.settings, file, tell) == made

    assert made.counts == {"accounts": 1, "uploads": 2, "rows": 3, "versions": 1}
    assert [tables_of(there.sessions, job) for job in jobs] == [tables_of(sessions, job) for job in jobs]
    for stored in made.objects:
        with bucket.local_copy(stored.key) as ours, there.bucket.local_copy(stored.key) as theirs:
            assert ours.read_bytes() == theirs.read_bytes()


def test_the_audit_log_is_in_it_and_stays_append_only(
    sessions: Sessions, settings: Settings, there: Place, file: Path
) -> None:
    user_id = add_user(sessions)
    entry = "id || ' ' || extract(epoch FROM at) || ' ' || user_id || ' ' || action || ' ' || detail_json"
    with sessions.begin() as session:
        audit.add(session, AuditAction.SIGN_IN, user_id=user_id, job_id=None, detail={"client": "192.0.2.7"})
        written = [session.scalar(text(f"SELECT {entry} FROM audit_log"))]

    dump(settings, file, tell)
    restore(there.settings, file, tell)

    assert there.run(f"SELECT {entry} FROM audit_log") == written
    with pytest.raises(DBAPIError, match="append-only"):
        there.run("DELETE FROM audit_log")


def test_a_table_that_a_later_migration_adds_is_in_it(
    there: Place, settings: Settings, postgres: EmbeddedPostgres, aws: AwsAccess, file: Path
) -> None:
    later = Place(settings, postgres, aws)
    schema.upgrade(later.settings.database_url)
    later.run("CREATE TABLE added_later AS SELECT 'Ana' AS name")
    dump(later.settings, file, tell)
    later.engine.dispose()

    restore(there.settings, file, tell)

    assert there.run("SELECT name FROM added_later") == ["Ana"]


def test_nobody_who_was_signed_in_is_signed_in_afterwards(
    sessions: Sessions, settings: Settings, there: Place, file: Path
) -> None:
    user_id = add_user(sessions)
    with sessions.begin() as session:
        session.execute(
            text("INSERT INTO sessions (user_id, token_hash, expires_at) VALUES (:id, 'secret', 'infinity')"),
            {"id": user_id},
        )
        session.execute(text("INSERT INTO workers (id, host, pid) VALUES ('w', 'here', 1)"))

    dump(settings, file, tell)
    restore(there.settings, file, tell)

    assert there.run("SELECT email FROM users") != []
    assert there.run("SELECT token_hash FROM sessions") == []
    assert there.run("SELECT id FROM workers") == []


def test_the_backup_is_of_one_moment(
    processed: Submit, submit: Submit, settings: Settings, there: Place, file: Path
) -> None:
    first = processed(CLEAN)
    later: list[int] = []

    def meanwhile(what: str) -> None:
        if what.startswith("database") and not later:
            later.append(submit(CLEAN, name="later.csv"))

    made = dump(settings, file, meanwhile)
    restore(there.settings, file, tell)

    assert later != []
    assert there.run("SELECT id FROM jobs") == [first]
    assert len(made.objects) == 1


def test_a_file_that_was_deleted_meanwhile_is_noted(
    processed: Submit, sessions: Sessions, settings: Settings, bucket: Bucket, file: Path
) -> None:
    kept, deleted = processed(CLEAN), processed(CONFLICT)
    with sessions() as session:
        key = session.scalar(text("SELECT file_key FROM jobs WHERE id = :id"), {"id": deleted})
    bucket.delete(key)

    made = dump(settings, file, tell)

    assert made.missing == (MissingObject(key, deleted, "NEEDS_REVIEW"),)
    assert len(made.objects) == 1
    assert kept
    assert archive.verified(file, tell) == made


def test_another_bucket_than_the_databases_is_no_backup(
    processed: Submit, settings: Settings, there: Place, file: Path
) -> None:
    processed(CLEAN)
    wrong = settings.model_copy(update={"s3_bucket_name": there.settings.s3_bucket_name})

    with pytest.raises(NothingToBackUp, match="Is S3_BUCKET_NAME the one"):
        dump(wrong, file, tell)

    assert list(file.parent.iterdir()) == []


def test_an_empty_database_is_no_backup(there: Place, file: Path) -> None:
    with pytest.raises(NothingToBackUp):
        dump(there.settings, file, tell)


def test_a_database_that_was_migrated_and_never_used_gives_way(
    processed: Submit, settings: Settings, there: Place, file: Path
) -> None:
    job = processed(CLEAN)
    dump(settings, file, tell)
    schema.upgrade(there.settings.database_url)

    restore(there.settings, file, tell)

    assert there.run("SELECT id FROM jobs") == [job]


def test_a_database_in_use_is_left_alone(
    processed: Submit, settings: Settings, there: Place, file: Path
) -> None:
    processed(CLEAN)
    dump(settings, file, tell)
    schema.upgrade(there.settings.database_url)
    user_id = add_user(there.sessions)

    with pytest.raises(Conflict, match="is in use"):
        restore(there.settings, file, tell)
    with (
        archive.part_of(file, DATABASE) as part,
        pytest.raises(ProgramFailed, match="somebody registered meanwhile"),
    ):
        programs.load(there.settings.database_url, part)

    assert there.run("SELECT id FROM users") == [user_id]
    assert there.run("SELECT id FROM jobs") == []


def test_another_file_in_the_bucket_is_left_alone(
    processed: Submit, settings: Settings, there: Place, file: Path
) -> None:
    processed(CLEAN)
    key = dump(settings, file, tell).objects[0].key
    there.bucket.put(key, io.BytesIO(b"somebody's"), "text/csv")

    with pytest.raises(Conflict, match="another file under"):
        restore(there.settings, file, tell)

    assert there.tables() == []
    with there.bucket.local_copy(key) as theirs:
        assert theirs.read_bytes() == b"somebody's"


def test_a_restore_that_was_stopped_is_repeated(
    processed: Submit, settings: Settings, there: Place, file: Path
) -> None:
    job = processed(CLEAN)
    made = dump(settings, file, tell)

    def stop_at(what: str) -> None:
        if what == "database":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(there.settings, file, stop_at)
    with archive.part_of(file, DATABASE) as part:
        half = part.read(made.dump.size * 9 // 10)
    with pytest.raises(ProgramFailed, match="pg_restore"):
        programs.load(there.settings.database_url, io.BytesIO(half))
    assert there.tables() == []

    restore(there.settings, file, tell)

    assert there.run("SELECT id FROM jobs") == [job]


def test_an_older_backup_is_migrated(
    there: Place, settings: Settings, postgres: EmbeddedPostgres, aws: AwsAccess, file: Path
) -> None:
    older = Place(settings, postgres, aws)
    schema.upgrade(older.settings.database_url)
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["database_url"] = older.settings.database_url
    alembic.downgrade(config, "0009")
    dump(older.settings, file, tell)
    older.engine.dispose()

    restore(there.settings, file, tell)

    assert there.run("SELECT version_num FROM alembic_version") != ["0009"]
    assert there.run("SELECT deleted_at FROM jobs") == []


def test_a_backup_of_a_later_release_is_refused(there: Place, file: Path) -> None:
    schema.upgrade(there.settings.database_url)
    there.run("UPDATE alembic_version SET version_num = '9999'")
    dump(there.settings, file, tell)

    with pytest.raises(UnusableBackup, match="of a later release"):
        check(file, tell)


def test_a_dump_of_a_later_postgres_is_refused_before_anything_is_touched(
    processed: Submit, settings: Settings, there: Place, file: Path, tmp_path: Path
) -> None:
    processed(CLEAN)
    made = dump(settings, file, tell)
    later = tmp_path / "later.tar"
    with archive.part_of(file, DATABASE) as part, archive.written(later, replace=False) as writer:
        header = part.read()
        # After the magic word: the version of the format, of which this is one that nobody has yet.
        content = writer.add(DATABASE, [header[:5] + bytes([9]) + header[6:]])
        writer.finish(dataclasses.replace(made, dump=content, objects=()))

    with pytest.raises(ProgramFailed, match="unsupported version"):
        restore(there.settings, later, tell)

    assert there.tables() == []


def test_a_damaged_backup_touches_nothing(
    processed: Submit, settings: Settings, there: Place, file: Path
) -> None:
    processed(CLEAN)
    key = dump(settings, file, tell).objects[0].key
    file.write_bytes(file.read_bytes().replace(b"ana@x.com", b"ana@y.com"))

    with pytest.raises(UnusableBackup, match="is not what was put in"):
        restore(there.settings, file, tell)

    assert there.tables() == []
    assert there.bucket.client.list_objects_v2(Bucket=there.bucket.name)["KeyCount"] == 0, key


def test_too_little_room_is_told_before(
    processed: Submit, settings: Settings, file: Path, tmp_path: Path
) -> None:
    processed(CLEAN)
    made = dump(settings, file, tell)

    check_room(made, tmp_path)
    with pytest.raises(Conflict, match="Make room"):
        check_room(dataclasses.replace(made, database_bytes=10**18), tmp_path)


def test_missing_programs_are_named(
    processed: Submit, settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed(CLEAN)
    monkeypatch.setenv("PATH", str(file.parent))

    with pytest.raises(ProgramFailed, match="pg_dump is not on PATH"):
        dump(settings, file, tell)


def test_the_command_says_what_it_did_or_why_not(
    processed: Submit,
    environment: dict[str, str],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    processed(CLEAN)
    for name, value in environment.items():
        if name != "PATH":
            monkeypatch.setenv(name, value)

    assert command.main(["dump", str(file)]) == 0
    assert "1 uploads of 1 accounts, 1 files" in capsys.readouterr().out
    assert command.main(["dump", str(file)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert command.main(["check", str(file), "--into", str(file.parent)]) == 0
    assert command.main(["restore", str(file)]) == 1
    assert "is in use" in capsys.readouterr().err
    assert tarfile.is_tarfile(file)
