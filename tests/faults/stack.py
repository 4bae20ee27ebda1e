"""Postgres, S3 and SQS of a trial, each behind a line that can fail."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import Engine

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from db.models import User
from ingestion.settings import Settings
from local.aws import EmulatedAws, create_resources
from local.ports import LOOPBACK, free_port
from local.postgres import EmbeddedPostgres
from tests.faults.aws_proxy import AwsProxy
from tests.faults.proxy import TcpProxy

VISIBILITY_SECONDS = 4
_MAX_RECEIVES = 10
_DATABASE = "trial"
_BUCKET = "trial"
_QUEUE = "trial"
_LOWEST_PORT = 20_000
_PORTS = 10_000
"""Below those that the system gives to outgoing connections: a server that restarts finds its own free."""


@dataclass(frozen=True)
class Stack:
    """The servers, the lines to them, and a way past the lines for whoever checks."""

    postgres: EmbeddedPostgres
    postgres_line: TcpProxy
    aws: EmulatedAws
    aws_line: TcpProxy
    aws_proxy: AwsProxy
    settings: Settings
    """What the product gets: everything by way of the lines."""
    direct: Settings
    """The same without them."""
    engine: Engine
    """Of the direct database."""
    _ports: tuple[int, int]

    @property
    def sessions(self) -> Sessions:
        """Sessions on the direct database."""
        return make_sessions(self.engine)

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment with the settings in it."""
        return {**os.environ, **self.settings.as_variables()}

    def add_user(self, name: str) -> int:
        """Somebody who may upload."""
        with self.sessions.begin() as session:
            user = User(email=f"{name}@example.com", first_name="Ana", last_name=name, password_hash="x")
            session.add(user)
            session.flush()
            return user.id

    def restart_postgres(self, *, kill: bool) -> None:
        """End the server, in order or not, and start it again."""
        if kill:
            assert self.postgres.identity is not None
            psutil.Process(self.postgres.identity.pid).send_signal(signal.SIGKILL)
        self.postgres.stop()
        self.postgres.start(self._ports[0])

    def restart_aws(self, *, kill: bool) -> None:
        """End S3 and SQS, in order or not, and start them again as `run.py` does.

        After a kill the queue is what it was at the last orderly stop: younger messages are gone, and those
        that were acknowledged since come again.
        """
        if kill:
            assert self.aws.identity is not None
            psutil.Process(self.aws.identity.pid).send_signal(signal.SIGKILL)
        self.aws.stop()
        self.aws.start(self._ports[1])
        _create_resources(self.aws)

    def calm(self) -> None:
        """Let everything through."""
        self.postgres_line.calm()
        self.aws_line.calm()


def _create_resources(aws: EmulatedAws) -> None:
    # A worker dies here every few seconds, and its message comes again as soon.
    create_resources(aws.access, _BUCKET, _QUEUE, VISIBILITY_SECONDS, max_receives=_MAX_RECEIVES)


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """Everything but workers, in a folder of its own."""
    with ExitStack() as ending:
        ports = (
            free_port(_LOWEST_PORT + os.getpid() % _PORTS),
            free_port(_LOWEST_PORT - 5_000 + os.getpid() % _PORTS),
        )
        postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log", {"fsync": "off"})
        ending.callback(postgres.delete)
        postgres.start(ports[0])
        aws = EmulatedAws(folder / "aws", folder / "aws.log")
        ending.callback(aws.stop)
        aws.start(ports[1])
        _create_resources(aws)
        aws.stop()  # in order: what a kill takes it back to has the bucket and the queues
        aws.start(ports[1])
        postgres_line, aws_proxy = TcpProxy(ports[0]), AwsProxy(ports[1])
        aws_line = TcpProxy(aws_proxy.port)
        for line in (postgres_line, aws_proxy, aws_line):
            line.start()
            ending.callback(line.close)
        url = postgres.url(_DATABASE)
        schema.upgrade(url)
        direct = _settings(url, aws.access.endpoint)
        engine = make_engine(url)
        ending.callback(engine.dispose)
        through = _settings(
            url.replace(f":{ports[0]}/", f":{postgres_line.port}/"), f"http://{LOOPBACK}:{aws_line.port}"
        )
        yield Stack(postgres, postgres_line, aws, aws_line, aws_proxy, through, direct, engine, ports)


def _settings(database_url: str, endpoint: str) -> Settings:
    return Settings(
        database_url=database_url,
        aws_endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        s3_bucket_name=_BUCKET,
        sqs_queue_name=_QUEUE,
        sqs_wait_seconds=1,
        visibility_timeout_seconds=VISIBILITY_SECONDS,
        requeue_after_seconds=20,
        retry_pause_seconds=0.2,
        shutdown_seconds=10,
        job_max_attempts=50,  # accidents meet one job again and again here
    )
