"""Messages that failed for good, and what people do about them.

A letter is never sent again as it is: the job that it was about says what is left to do, and gets a message
of its own. So it may be sent back twice, by two people, or after the job went on by itself, and nothing is
done twice. It leaves the queue only when its answer is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import audit, jobs, operations
from ingestion.access import require_without_upload
from ingestion.audit import AuditAction
from ingestion.errors import InvalidDecision
from ingestion.letters import Letter
from ingestion.queue import JobQueue
from ingestion.rules.letters import ACTS, SETTLED, Answer, Standing, answer_to
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.senders import Senders
from ingestion.telemetry.logs import get_logger
from ingestion.uploads import begin_again, begin_finalizing, hand_over

logger = get_logger(__name__)

LONGEST_REASON = 500


@dataclass(frozen=True)
class DeadLetter:
    """A letter and the job that it is about."""

    letter: Letter
    filename: str | None
    """None where there is no such upload any more."""
    owner: str | None
    status: JobStatus | None
    error: str
    """What the job says about its failure, else the message."""
    answer: Answer
    """What sending it back would come to now."""


def received(sessions: Sessions, queue: JobQueue, user_id: int) -> list[Letter]:
    """The letters that the queue gives now. Raises NotAllowed but for administrators, QueueUnavailable."""
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
    return queue.dead_letters()


def listed(sessions: Sessions, user_id: int, letters: Sequence[Letter]) -> list[DeadLetter]:
    """What some letters are about, as things stand now. Raises NotAllowed but for administrators."""
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        return _described(session, letters)


def send_back(
    sessions: Sessions, queue: JobQueue, senders: Senders, user_id: int, letters: Sequence[Letter]
) -> list[Answer]:
    """Do what is left to do about each letter's job; remove the letters that need nobody any more.

    The answers are in the letters' order. Raises NotAllowed for anybody but an administrator, and
    QueueUnavailable: then what was done about jobs until there is stored, they are sent to the workers by
    themselves, and all letters are still there.
    """
    answers = [_answer(sessions, senders, user_id, letter) for letter in letters]
    queue.remove(
        {letter.message_id for letter, answer in zip(letters, answers, strict=True) if answer in SETTLED}
    )
    return answers


def discard(
    sessions: Sessions, queue: JobQueue, user_id: int, letters: Sequence[Letter], reason: str
) -> None:
    """Remove letters and leave their jobs as they are; who, when and why stays on record.

    Raises InvalidDecision without a reason, NotAllowed for anybody but an administrator, QueueUnavailable.
    """
    reason = " ".join(reason.replace("\0", " ").split())
    if not reason:
        raise InvalidDecision("Say why these letters are discarded: the reason is kept.")
    if len(reason) > LONGEST_REASON:
        raise InvalidDecision(f"The reason is longer than {LONGEST_REASON} characters. Shorten it.")
    with sessions.begin() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        for letter in letters:
            _write_down(session, AuditAction.DISCARD_LETTER, user_id, letter, reason=reason)
    logger.info("letters_discarded", user_id=user_id, letters=len(letters))
    queue.remove({letter.message_id for letter in letters})


def _answer(sessions: Sessions, senders: Senders, user_id: int, letter: Letter) -> Answer:
    """Change the job and write that down in one transaction, then ask a worker."""
    with sessions.begin() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        job = None if letter.job_id is None else jobs.find(session, letter.job_id, lock=True)
        (now,) = _described(session, [letter])
        answer = now.answer
        if job is not None and answer in ACTS:
            _ready(job, answer)
        if answer in SETTLED:
            _write_down(session, AuditAction.SEND_BACK_LETTER, user_id, letter, answer=answer)
    logger.info("letter_sent_back", job_id=letter.job_id, user_id=user_id, answer=str(answer))
    if job is not None and answer in ACTS:
        hand_over(sessions, job.id, lambda: senders.send(job))
    return answer


def _ready(job: Job, answer: Answer) -> None:
    """Have the job wait for a worker, now."""
    if answer is Answer.PROCESS:
        begin_again(job)
    elif answer is Answer.FINALIZE:
        begin_finalizing(job)
    else:
        job.enqueued_at = func.now()
        job.next_attempt_at = None


def _described(session: Session, letters: Sequence[Letter]) -> list[DeadLetter]:
    ids = {letter.job_id for letter in letters if letter.job_id is not None}
    found = {row.id: row for row in operations.by_id(session, ids)} if ids else {}
    taken = jobs.worked_on(session, ids) if ids else set()
    return [_about(letter, found.get(letter.job_id), letter.job_id in taken) for letter in letters]


def _about(letter: Letter, row: Any, is_worked_on: bool) -> DeadLetter:
    if row is None:
        gone = Answer.NO_JOB if letter.job_id is None else Answer.DELETED
        return DeadLetter(letter, None, None, None, letter.error, gone)
    standing = Standing(
        status=JobStatus(row.status),
        is_worked_on=is_worked_on,
        is_deleted=row.is_deleted,
        is_read_as_settled=row.is_read_as_settled,
        is_given_up=row.error_message is not None,
        has_open_issues=row.conflict_count > 0,
    )
    return DeadLetter(
        letter,
        row.filename,
        row.owner,
        standing.status,
        row.error_message or letter.error,
        answer_to(letter.actor, standing),
    )


def _write_down(session: Session, action: AuditAction, user_id: int, letter: Letter, **detail: str) -> None:
    audit.add(
        session,
        action,
        user_id=user_id,
        job_id=letter.job_id,
        detail={
            "message_id": letter.message_id,
            "actor": letter.actor,
            "error": letter.error,
            **detail,
        },
    )
