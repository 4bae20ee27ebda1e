"""The product's own journey over a bucket and queues that Terraform made: samples in, contacts out."""

import csv
import importlib
import io
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, text

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from db.models import User
from ingestion import export
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import examine
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings, load_settings
from ingestion.storage import make_bucket
from local.environment import DATABASE
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from tests.faults import checks
from tests.faults.crew import Crew
from tests.faults.files import MAX_BYTES, Planned, Script, Shape
from tests.faults.operators import Operator
from tests.faults.outcomes import Desk, Outcome
from trials.aws.questions import Answer, Subject
from trials.aws.questions_roles import grants
from trials.aws.recording import Call, Recording, refused
from trials.aws.server import RECORDING, Account

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
_ASKED_ABOUT = "no-email-column.csv"
"""Nobody can answer here what the upload page asks about it."""
_DASHBOARD, _WORKER = "prod-ingestion-dashboard", "prod-ingestion-worker"
"""Families of the task definitions, and their roles' names."""
_PATIENCE_SECONDS = 180.0
_BY_HAND = Script(decisions=5, undoes=False, finishes=True, reopens=False, is_contested=False)
"""Five issues are settled one by one, the rest by bulk answers; then the contacts are made."""


@dataclass(frozen=True)
class _Place:
    """Where the journey takes place."""

    account: Account
    settings: Settings
    engine: Engine
    user_id: int

    @property
    def sessions(self) -> Sessions:
        return make_sessions(self.engine)


def travel(account: Account, folder: Path) -> Iterator[Answer]:
    """Upload every sample, let a worker process it, settle what is asked, finalize, export; what came of it.

    Both sides have the environment of their task definitions. The worker is a real process, the database a
    Postgres in `folder`.
    """
    recording = Recording(account.access, folder / RECORDING)
    recording.start()
    with _running(account, folder) as place:
        outcomes = _operate(place, [_planned(number, file) for number, file in enumerate(_files())])
        left = _depth(place.settings)
        yield from _about_permissions(account, recording.stop())
        yield from _answers(place, outcomes)
        yield Subject("product").answer("messages left in the queue", 0, left)


def _files() -> list[Path]:
    return sorted(file for file in SAMPLES.glob("*.csv") if file.name != _ASKED_ABOUT)


@contextmanager
def _running(account: Account, folder: Path) -> Iterator[_Place]:
    with ExitStack() as ending:
        postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log", {"fsync": "off"})
        ending.callback(postgres.delete)
        postgres.start(free_port())
        url = postgres.url(DATABASE)
        schema.upgrade(url)
        engine = make_engine(url)
        ending.callback(engine.dispose)
        crew = Crew(1, {**os.environ, **environment_of(account, _WORKER, url)}, folder)
        crew.start()
        ending.callback(crew.stop)
        dashboard = environment_of(account, _DASHBOARD, url)
        # The actors are bound to the queue that the environment names when they are imported.
        os.environ.update(dashboard)
        settings = load_settings()
        ending.enter_context(account.without_bucket_policy(settings.s3_bucket_name))
        yield _Place(account, settings, engine, _add_user(engine))


def environment_of(account: Account, family: str, database_url: str) -> dict[str, str]:
    """What Terraform's task definition gives a process, and what ECS adds: its secret and its role's keys."""
    task = account.ask("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]
    (container,) = task["containerDefinitions"]
    given = {one["name"]: one["value"] for one in container["environment"]}
    # The key names who asks: moto takes any.
    access = replace(account.access, access_key=family)
    return {**given, **access.environment(), "DATABASE_URL": database_url}


def _about_permissions(account: Account, calls: set[Call]) -> Iterator[Answer]:
    """Whether the roles, named as the task definitions, allow what their processes asked for."""
    for name in (_DASHBOARD, _WORKER):
        role = Subject(f"role {name}")
        made = {call for call in calls if call.key == name}
        yield role.answer("its process asked for something", True, bool(made))
        granted = grants(account, name)
        over = {f"{call.action} on {call.resource}" for call in refused(made, granted)}
        yield role.answer("what its process asked for and it may not", set(), over)


def _add_user(engine: Engine) -> int:
    with make_sessions(engine).begin() as session:
        user = User(email="trial@x.example", first_name="Ana", last_name="Trial", password_hash="x")  # noqa: S106
        session.add(user)
        session.flush()
        return user.id


def _planned(number: int, file: Path) -> Planned:
    content = file.read_bytes()
    source = examine(content, is_complete=True, max_bytes=MAX_BYTES)
    return Planned(
        number=number,
        at=0,
        name=file.name,
        shape=Shape.TEXT,
        rows=0,
        content=content,
        options=propose(source).options(),
        script=_BY_HAND,
        is_deleted=False,
        deleted_after=0,
    )


def _operate(place: _Place, planned: Sequence[Planned]) -> list[Outcome]:
    enqueue = importlib.import_module("tasks.enqueue")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    desk = Desk(
        sessions=place.sessions,
        bucket=make_bucket(place.settings),
        enqueue_process=enqueue.enqueue_process,
        enqueue_finalize=enqueue.enqueue_finalize,
        user_id=place.user_id,
        deadline=deadline,
    )
    operators = [Operator(desk, one, begun=time.monotonic()) for one in planned]
    for operator in operators:
        operator.start()
    for operator in operators:
        operator.join(max(1.0, deadline + 10 - time.monotonic()))
    return [operator.outcome for operator in operators]


def _answers(place: _Place, outcomes: Sequence[Outcome]) -> Iterator[Answer]:
    for outcome in outcomes:
        yield from _about_upload(place, outcome)
    product = Subject("product")
    sessions, settings = place.sessions, place.settings
    findings = {
        "uploads that broke off or failed": checks.settled(outcomes),
        "e-mails that are twice in an upload's contacts": checks.each_email_once(sessions),
        "objects without an upload, or the other way round": checks.no_orphaned_object(sessions, settings),
        "dead letters": checks.letters_belong_to_failures(sessions, settings, outcomes),
    }
    for what, found in findings.items():
        yield product.answer(what, [], found)
    yield product.answer("objects that are not encrypted", set(), _unencrypted(place))


def _about_upload(place: _Place, outcome: Outcome) -> Iterator[Answer]:
    upload = Subject(f"upload of {outcome.planned.name}")
    yield upload.answer("ends as", JobStatus.COMPLETED, outcome.status)
    if outcome.status is JobStatus.COMPLETED:
        assert outcome.job_id is not None
        with place.sessions() as session:
            query = text("SELECT count(*) FROM final_contacts WHERE job_id = :job")
            contacts = session.scalar(query, {"job": outcome.job_id})
        exported = b"".join(export.open_contacts(place.sessions, place.user_id, outcome.job_id).chunks)
        yield upload.answer("records in its export", contacts, _records(exported))


def _records(exported: bytes) -> int:
    """How many records an export has below its header."""
    return sum(1 for _ in csv.reader(io.StringIO(exported.decode(), newline=""))) - 1


def _depth(settings: Settings) -> int:
    """How many messages are left once the worker has acknowledged what it has done."""
    deadline = time.monotonic() + 30
    while (depth := checks.queue_depth(settings)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return depth


def _unencrypted(place: _Place) -> set[str]:
    s3, bucket = place.account.ask("s3"), place.settings.s3_bucket_name
    objects = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        one["Key"]
        for one in objects
        if s3.head_object(Bucket=bucket, Key=one["Key"]).get("ServerSideEncryption") != "aws:kms"
    }
