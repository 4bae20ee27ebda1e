"""A Postgres and an S3 of the benchmark's own, on loopback, and what they cost in processor time."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import Engine

from db import schema
from db.engine import make_engine, make_sessions
from db.models import User
from ingestion import uploads
from ingestion.settings import Settings
from ingestion.storage import make_bucket
from local.aws import AwsAccess, EmulatedAws, create_resources, emulator_python
from local.environment import DATABASE
from local.ports import free_port
from local.postgres import OWNER, EmbeddedPostgres

_QUEUE = "benchmarks"
_SERVING = f"postgres: {OWNER} "
"""How the title of a server process begins that serves a client."""
_PATIENCE = 30.0
"""Seconds until the server's processes must have ended whose clients are gone."""


@dataclass(frozen=True)
class Stack:
    """Where everything is, and somebody who may upload."""

    settings: Settings
    engine: Engine
    postgres: EmbeddedPostgres
    store: str
    """What S3 is played by."""
    user_id: int

    def submit(self, file: Path) -> int:
        """Upload a file as the dashboard does, without a message to a worker; its job's id."""
        content = file.read_bytes()
        return uploads.submit(
            make_sessions(self.engine),
            make_bucket(self.settings),
            lambda _job_id, _file_key: None,
            user_id=self.user_id,
            filename=file.name,
            content=content,
            max_bytes=len(content),
        )

    def server_seconds(self) -> float:
        """Processor time of the server so far: its processes, and those of its children that have ended."""
        identity = self.postgres.identity
        assert identity is not None
        self.engine.dispose()
        postmaster = psutil.Process(identity.pid)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            children = postmaster.children()
            if not any(_serves(child) for child in children):
                seconds = _seconds_of(postmaster, children)
                # One that ended meanwhile is counted twice or not at all: look again.
                if set(postmaster.children()) == set(children):
                    return seconds
            time.sleep(0.01)
        raise TimeoutError("a client of the database does not end")


def _seconds_of(postmaster: psutil.Process, children: list[psutil.Process]) -> float:
    used = postmaster.cpu_times()
    seconds = used.user + used.system + used.children_user + used.children_system
    for child in children:
        with suppress(psutil.NoSuchProcess):
            used = child.cpu_times()
            seconds += used.user + used.system
    return float(seconds)


def _serves(process: psutil.Process) -> bool:
    """Whether a process serves a client, or did and is not accounted for yet."""
    try:
        return process.cmdline()[0].startswith(_SERVING)
    except (psutil.Error, IndexError):
        return True  # ending


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """Postgres as `run.py` starts it, migrated, and S3: the local stack's emulator where it is installed."""
    with ExitStack() as ending:
        postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
        ending.callback(postgres.delete)
        postgres.start(free_port())
        url = postgres.url(DATABASE)
        schema.upgrade(url)
        access, store = _start_store(folder, ending)
        settings = Settings(
            database_url=url,
            aws_endpoint_url=access.endpoint,
            aws_access_key_id=access.access_key,
            aws_secret_access_key=access.secret_key,
            aws_region=access.region,
            s3_bucket_name="benchmarks",
            sqs_queue_name=_QUEUE,
        )
        create_resources(access, settings.s3_bucket_name, _QUEUE)
        engine = make_engine(url)
        ending.callback(engine.dispose)
        yield Stack(settings, engine, postgres, store, _add_user(engine))


def _start_store(folder: Path, ending: ExitStack) -> tuple[AwsAccess, str]:
    if emulator_python().exists():
        emulator = EmulatedAws(folder / "aws", folder / "aws.log")
        ending.callback(emulator.stop)
        emulator.start(free_port())
        return emulator.access, "ministack"
    from moto.server import ThreadedMotoServer  # slow to import, and needed only here

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    ending.callback(server.stop)
    host, port = server.get_host_and_port()
    return AwsAccess(f"http://{host}:{port}"), "moto"


def _add_user(engine: Engine) -> int:
    with make_sessions(engine).begin() as session:
        user = User(email="bench@example.com", first_name="Ana", last_name="Bench", password_hash="x")  # noqa: S106
        session.add(user)
        session.flush()
        return user.id
