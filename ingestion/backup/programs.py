"""Postgres' own programs, which dump a database and load it again. They are looked for on PATH."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from sqlalchemy.engine import make_url

from ingestion.backup.archive import CHUNK_BYTES
from ingestion.errors import IngestionError

NOT_KEPT = ("sessions", "workers")
"""Tables of which a backup has no rows: who is signed in, and which processes are alive."""

_BEFORE = """
SET client_min_messages = warning;
BEGIN;
DO $$ BEGIN
    IF to_regclass('public.users') IS NOT NULL THEN
        LOCK TABLE public.users;
        IF EXISTS (SELECT FROM public.users) THEN
            RAISE EXCEPTION 'somebody registered meanwhile, so the database is not empty any more';
        END IF;
    END IF;
END $$;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
"""A database that was migrated and never used has tables, which give way to those of the dump."""

_AFTER = """
COMMIT;
ANALYZE;
"""
"""Without statistics Postgres plans for tables of one row. A dump brings none."""


class ProgramFailed(IngestionError):
    """A program of Postgres is missing or failed. The message has what it said."""


def dumped(database_url: str, snapshot: str) -> Iterator[bytes]:
    """A dump of the database as the snapshot sees it, in pg_dump's custom format. Raises ProgramFailed."""
    arguments = [
        *("--format=custom", f"--snapshot={snapshot}", "--lock-wait-timeout=60s", "--no-password"),
        *(f"--exclude-table-data=public.{table}" for table in NOT_KEPT),
    ]
    with _complaints() as complaints:
        with _started("pg_dump", arguments, complaints, database_url) as program:
            while chunk := _output(program).read(CHUNK_BYTES):
                yield chunk
        _check("pg_dump", program, complaints)


def check_readable(dump: IO[bytes]) -> None:
    """Raise ProgramFailed where our pg_restore cannot read the dump, as one of a later Postgres."""
    with _complaints() as complaints:
        with _started("pg_restore", ["--list"], complaints) as program, _fed(program, dump):
            while _output(program).read(CHUNK_BYTES):
                pass
        _check("pg_restore", program, complaints)


def load(database_url: str, dump: IO[bytes]) -> None:
    """Load a dump in one transaction, in place of everything in a database that nobody uses.

    Owners and rights are not taken over: all belongs to whoever loads it. Raises ProgramFailed, and then
    nothing has changed.
    """
    reading = ["--file=-", "--no-owner", "--no-privileges"]
    writing = ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"]
    writing += ["--output=/dev/null"]  # answers to a dump's SELECTs, which nobody reads
    with _complaints() as complaints:
        with (
            _started("psql", writing, complaints, database_url) as psql,
            _started("pg_restore", reading, complaints) as restore,
            suppress(BrokenPipeError),  # psql ended, and says why
            _input(psql) as statements,
        ):
            statements.write(_BEFORE.encode())
            with _fed(restore, dump):
                shutil.copyfileobj(_output(restore), statements, CHUNK_BYTES)
            # Only a dump that was read to its end is committed.
            if restore.wait() == 0:
                statements.write(_AFTER.encode())
        _check("psql", psql, complaints)
        _check("pg_restore", restore, complaints)


@contextmanager
def _started(
    name: str, arguments: list[str], complaints: IO[bytes], database_url: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs, and has ended afterwards."""
    path = shutil.which(name)
    if path is None:
        raise ProgramFailed(
            f"{name} is not on PATH. Install PostgreSQL's client programs, of the server's version or newer."
        )
    environment = dict(os.environ)
    if database_url:
        url = make_url(database_url)
        # URL.set would take None for no change.
        address = url._replace(drivername="postgresql", password=None).render_as_string()
        arguments = [*arguments, f"--dbname={address}"]
        environment["PGPASSWORD"] = str(url.password or "")  # the command line is everybody's to read
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [path, *arguments], stdin=pipe, stdout=pipe, stderr=complaints, env=environment
    ) as program:
        try:
            yield program
        except BaseException:
            program.kill()
            raise


@contextmanager
def _fed(program: subprocess.Popen[bytes], source: IO[bytes]) -> Iterator[None]:
    """Have the program read `source` while its output is read."""
    failures: list[BaseException] = []

    def feed() -> None:
        try:
            with suppress(BrokenPipeError), _input(program) as sink:  # it has read what it needed
                shutil.copyfileobj(source, sink, CHUNK_BYTES)
        except Exception as error:  # noqa: BLE001  raised again where somebody waits
            failures.append(error)

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield
    except BaseException:
        program.kill()
        raise
    finally:
        feeder.join()
    if failures:
        raise failures[0]


@contextmanager
def _complaints() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile(prefix="backup-") as file:
        yield file


def _check(name: str, program: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    if program.returncode == 0:
        return
    complaints.seek(0)
    said = " ".join(complaints.read(CHUNK_BYTES).decode("utf-8", "replace").split())
    raise ProgramFailed(
        f"{name} failed with exit code {program.returncode}: {said[:500] or 'it gave no reason'}"
    )


def _input(program: subprocess.Popen[bytes]) -> IO[bytes]:
    assert program.stdin is not None
    return program.stdin


def _output(program: subprocess.Popen[bytes]) -> IO[bytes]:
    assert program.stdout is not None
    return program.stdout
