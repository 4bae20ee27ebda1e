"""An upload at every stage that use-cases are about, made once, and somebody who stands to it in some way."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import urllib3
from sqlalchemy import text

from db.engine import Sessions
from db.models import Share
from ingestion import access_links, deciding, direct_uploads, history, processing, uploads
from ingestion.authority import COMMAND
from ingestion.letters import Letter, read_letter
from ingestion.queue import JobQueue
from ingestion.rules.issues import IssueType
from ingestion.rules.permissions import Relation, Role
from ingestion.settings import Settings
from ingestion.storage import Bucket
from tests.conftest import add_user, as_found
from tests.integration.desk import HEADER, Desk
from tests.integration.jobs import set_row
from tests.letters import message

GUEST = "guest@example.com"
CLEAN = (HEADER + "ana@x.com,Ana,Silva,Acme,1\n").encode()
IN_REVIEW = (
    HEADER + "ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Sousa,Acme,\nbad,Bo,Li,Hooli,3\n"
    "cy@x.com,Cy,Ng,Initech,4\ncy@x.com,Cy,Ng,Umbrella,5\ndee@x.com,,Doe,Acme,6\neve@x.com,Eve,,Acme,7\n"
).encode()
COMPLETED = (HEADER + "ana@x.com,Ana,Silva,Acme,\nana@x.com,Ana,Silva,Acme,1\ncy@x.com,Cy,Ng,,4\n").encode()
"""The first row is blank where the one that repeats it is not."""


class Stage(StrEnum):
    """Where an upload stands."""

    SENDING = "sending"
    """Straight to the store, all its parts are there."""
    ARRIVED = "arrived"
    """Its file is in the store and was not taken over."""
    FAILED = "failed"
    IN_REVIEW = "in review"
    SETTLED = "settled"
    COMPLETED = "completed"


@dataclass(frozen=True)
class Somebody:
    """Who asks for something, by a way to the database that forgets all at the end of the test."""

    sessions: Sessions
    id: int


@dataclass(frozen=True)
class World:
    """The uploads, each at its stage, and what else use-cases take."""

    bucket: Bucket
    queue: JobQueue
    owner: int
    actor: int
    helper: int
    """With whom every upload is shared."""
    jobs: dict[Stage, int]
    decisions: dict[Stage, int]
    """One that can be undone."""
    issues: dict[IssueType, int]
    """An open one of each kind, of the upload that is in review."""
    letter: Letter
    link: int
    """An open invitation."""
    settings: Settings


def make_world(sessions: Sessions, bucket: Bucket, queue: JobQueue, settings: Settings) -> World:
    """Make it, in an empty database."""
    owner, actor, guest, helper = (add_user(sessions) for _ in range(4))
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET email = :e WHERE id = :u"), {"e": GUEST, "u": guest})
    jobs = {Stage.SENDING: _sending(sessions, bucket, owner)}
    for stage, content in (
        (Stage.ARRIVED, CLEAN),
        (Stage.FAILED, CLEAN),
        (Stage.IN_REVIEW, IN_REVIEW),
        (Stage.SETTLED, COMPLETED),
        (Stage.COMPLETED, COMPLETED),
    ):
        jobs[stage] = _submitted(sessions, bucket, owner, content)
        if content != CLEAN:
            processing.process(sessions, bucket, jobs[stage])
    set_row(sessions, jobs[Stage.ARRIVED], "status = 'UPLOADING', parse_options = '{}'")
    set_row(sessions, jobs[Stage.FAILED], "status = 'FAILED'")
    reviewing = Desk(sessions, owner, jobs[Stage.IN_REVIEW])
    deciding.skip(sessions, reviewing.see(IssueType.MISSING_LAST_NAME))
    deciding.accept(sessions, reviewing.see(IssueType.MISSING_FIRST_NAME))
    for stage in (Stage.SETTLED, Stage.COMPLETED):
        at = Desk(sessions, owner, jobs[stage])
        deciding.accept(sessions, at.see(IssueType.MISSING_COMPANY))
    at.finalize()
    with sessions.begin() as session:
        for job_id in jobs.values():
            session.add(Share(job_id=job_id, user_id=helper))
    decisions = {
        stage: history.listed(sessions, owner, jobs[stage])[0].id
        for stage in (Stage.IN_REVIEW, Stage.COMPLETED)
    }
    issues = {issue.type: issue.id for issue in reversed(reviewing.issues())}
    letter = read_letter("an-id", dt.datetime.now(dt.UTC), message(jobs[Stage.FAILED]))
    access_links.invite(sessions, "open", COMMAND, "new@example.com", Role.OPERATOR)
    [link] = access_links.listed(sessions, COMMAND)
    return World(bucket, queue, owner, actor, helper, jobs, decisions, issues, letter, link.id, settings)


def stand(sessions: Sessions, world: World, role: Role | None, relation: Relation | None) -> None:
    """Give the actor a role, None: deactivated, and a relation to every upload, None: all are deleted."""
    parameters = {"actor": world.actor, "role": role or Role.OPERATOR}
    statements = ["UPDATE users SET role = :role WHERE id = :actor"]
    if role is None:
        statements.append("UPDATE users SET deactivated_at = now() WHERE id = :actor")
    if relation in (Relation.OWN, None):
        statements.append("UPDATE jobs SET user_id = :actor")
    if relation is Relation.SHARED:
        statements.append("INSERT INTO shares (job_id, user_id) SELECT id, :actor FROM jobs")
    if relation is None:
        statements.append("UPDATE jobs SET deleted_at = now()")
    with sessions.begin() as session:
        for statement in statements:
            session.execute(text(statement), parameters)


def _submitted(sessions: Sessions, bucket: Bucket, owner: int, content: bytes) -> int:
    return uploads.submit(
        sessions,
        bucket,
        lambda _job, _key: None,
        user_id=owner,
        filename="contacts.csv",
        content=content,
        options=as_found(content),
        max_bytes=len(content),
    )


def _sending(sessions: Sessions, bucket: Bucket, owner: int) -> int:
    begun = direct_uploads.begin(
        sessions,
        bucket,
        user_id=owner,
        filename="contacts.csv",
        size=len(CLEAN),
        fingerprint="0123456789abcdef",
        modified_ms=1,
        max_bytes=len(CLEAN),
        max_workbook_bytes=len(CLEAN),
    )
    addresses = direct_uploads.sign(
        sessions, bucket, user_id=owner, job_id=begun.job_id, numbers=[1], sent_bytes=0
    )
    assert urllib3.request("PUT", addresses[1], body=CLEAN).status == 200
    return begun.job_id
