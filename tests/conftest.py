"""A real Postgres and real S3 and SQS endpoints for the tests, on loopback, for the session."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine, text

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from db.models import User
from ingestion import processing, uploads
from ingestion.accounts import Account
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import examine
from ingestion.settings import Settings
from ingestion.storage import Bucket, make_bucket
from ingestion.telemetry import instruments
from local.aws import AwsAccess, create_resources
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from tests.accounts import add_account
from tests.emptying import empty_tables
from tests.recorder import Recorder
from tests.worker import Queue

ROOT = Path(__file__).resolve().parent.parent
VISIBILITY_SECONDS = 4
"""A message that a killed worker had comes again after so long; 300 in production."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A Postgres of its own, without the waits that only matter when the power fails."""
    folder = tmp_path_factory.mktemp("postgres")
    server = EmbeddedPostgres(folder, folder / "postgres.log", {"fsync": "off", "full_page_writes": "off"})
    server.start(free_port())
    yield server
    server.delete()


@pytest.fixture(scope="session")
def engine(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A migrated database that the tests of this session share."""
    url = postgres.url("tests")
    schema.upgrade(url)
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    """Sessions on an empty database."""
    empty_tables(engine)
    return make_sessions(engine)


@contextmanager
def emulated_aws() -> Iterator[AwsAccess]:
    """S3 and SQS: a moto of its own, or the server that TESTS_AWS_ENDPOINT_URL names, such as LocalStack."""
    if endpoint := os.environ.get("TESTS_AWS_ENDPOINT_URL"):
        yield AwsAccess(endpoint)
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield AwsAccess(f"http://{host}:{port}")
    server.stop()


@pytest.fixture(scope="session")
def aws() -> Iterator[AwsAccess]:
    """S3 and SQS."""
    with emulated_aws() as access:
        yield access


@pytest.fixture(scope="session")
def settings(engine: Engine, aws: AwsAccess) -> Settings:
    """Settings for the tests' database, bucket and queues."""
    settings = Settings(
        database_url=engine.url.render_as_string(hide_password=False).replace("+psycopg2", ""),
        aws_endpoint_url=aws.endpoint,
        aws_access_key_id=aws.access_key,
        aws_secret_access_key=aws.secret_key,
        aws_region=aws.region,
        s3_bucket_name="tests",
        sqs_queue_name="tests",
        sqs_wait_seconds=1,
        visibility_timeout_seconds=VISIBILITY_SECONDS,
        retry_pause_seconds=0.1,
        shutdown_seconds=10,
    )
    create_resources(aws, settings.s3_bucket_name, settings.sqs_queue_name, VISIBILITY_SECONDS)
    return settings


@pytest.fixture(scope="session")
def environment(settings: Settings) -> dict[str, str]:
    """This process's environment with the settings in it: for processes of the product."""
    return {**os.environ, **settings.as_variables()}


@pytest.fixture(scope="session")
def bucket(settings: Settings) -> Bucket:
    """A bucket that the tests of this session share; keys are made of job ids, as in production."""
    return make_bucket(settings)


@pytest.fixture
def sqs(settings: Settings) -> Queue:
    """The queue and its dead letters, emptied before."""
    queue = Queue(settings)
    queue.clear()
    return queue


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Where metrics go during a test."""
    recorder = Recorder()
    monkeypatch.setattr(instruments, "_outlets", (recorder,))
    return recorder


@pytest.fixture
def user_id(sessions: Sessions) -> int:
    """Somebody who may upload."""
    return add_user(sessions)


@pytest.fixture
def ana(sessions: Sessions) -> Account:
    """The first account that there is, so an administrator's."""
    return add_account(sessions)


@pytest.fixture
def ben(sessions: Sessions, ana: Account) -> Account:  # noqa: ARG001  (the first is an administrator)
    """The second account, so an operator's."""
    return add_account(sessions, "ben@example.com", "Ben", "Li")


@pytest.fixture
def administrator(sessions: Sessions) -> int:
    """Somebody who looks after the installation and owns no upload."""
    return add_administrator(sessions)


class Submit(Protocol):
    """Uploads a file as the user, or as another; gives the job's id."""

    def __call__(
        self,
        content: bytes,
        *,
        name: str = "contacts.csv",
        owner: int | None = None,
        options: ParseOptions | None = None,
    ) -> int:
        """Submit the file, to be read by these options, or as it is found to be."""


class Upload(Protocol):
    def __call__(self, content: bytes, *, name: str = "contacts.csv") -> int:
        """Submit the file, and send its job to the workers."""


@pytest.fixture
def submit(sessions: Sessions, bucket: Bucket, user_id: int) -> Submit:
    """Uploads files whose message nobody gets: a test processes them itself."""

    def submit(
        content: bytes,
        *,
        name: str = "contacts.csv",
        owner: int | None = None,
        options: ParseOptions | None = None,
    ) -> int:
        return uploads.submit(
            sessions,
            bucket,
            lambda _job, _key: None,
            user_id=owner or user_id,
            filename=name,
            content=content,
            max_bytes=5_000_000,
            options=options or as_found(content),
        )

    return submit


@pytest.fixture
def upload(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    sqs: Queue,  # noqa: ARG001  (emptied before)
) -> Upload:
    """Uploads files as the dashboard does, with a message to the workers."""
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    from tasks.enqueue import enqueue_process

    def upload(content: bytes, *, name: str = "contacts.csv") -> int:
        return uploads.submit(
            sessions,
            bucket,
            enqueue_process,
            user_id=user_id,
            filename=name,
            content=content,
            max_bytes=200_000_000,
        )

    return upload


@pytest.fixture
def large_files(settings: Settings, aws: AwsAccess) -> Iterator[Queue]:
    """An empty queue `large-files` for what is too large for a Lambda."""
    create_resources(aws, settings.s3_bucket_name, "large-files", VISIBILITY_SECONDS)
    queue = Queue(settings.model_copy(update={"sqs_queue_name": "large-files"}))
    queue.clear()
    yield queue
    queue.clear()


@pytest.fixture
def processed(submit: Submit, sessions: Sessions, bucket: Bucket) -> Submit:
    """Uploads and processes files."""

    def processed(
        content: bytes,
        *,
        name: str = "contacts.csv",
        owner: int | None = None,
        options: ParseOptions | None = None,
    ) -> int:
        job_id = submit(content, name=name, owner=owner, options=options)
        processing.process(sessions, bucket, job_id)
        return job_id

    return processed


def as_found(content: bytes) -> ParseOptions:
    """How a file is read if nobody answers what is asked about it."""
    return propose(examine(content, is_complete=True, max_bytes=5_000_000)).options()


def add_user(sessions: Sessions) -> int:
    """One more user."""
    number = next(_numbers)
    with sessions.begin() as session:
        user = User(
            email=f"user{number}@example.com", first_name="Ana", last_name=f"No{number}", password_hash="x"
        )
        session.add(user)
        session.flush()
        return user.id


def add_administrator(sessions: Sessions) -> int:
    """One more user, who looks after the installation."""
    user_id = add_user(sessions)
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET role = 'administrator' WHERE id = :user"), {"user": user_id})
    return user_id
