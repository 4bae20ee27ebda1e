"""A batch of messages, worked off by one invocation of a Lambda: the same tasks that workers run."""

import datetime as dt
import functools
import inspect
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from dramatiq import Message
from dramatiq.errors import DecodeError

from db.outages import is_unavailable
from ingestion import placing
from ingestion.letters import read_letter
from ingestion.placing import Due
from ingestion.telemetry import context
from ingestion.telemetry.logs import get_logger
from tasks.actors import finalize_job, process_job
from tasks.broker import broker, settings
from tasks.middleware import tracing
from tasks.resources import sessions
from tasks.serverless.attempts import OUTAGE_PAUSE, Turn, attempt
from tasks.serverless.deliveries import Delivery, Fate, Outcome, Post

logger = get_logger(__name__)

TO_BEGIN = 45.0
"""With fewer seconds left no further task is begun: most are done within them."""
_LONGER_HIDDEN = 30.0
"""Than the invocation may last: its last words take a moment to arrive."""


_ACTORS = {actor.actor_name: actor for actor in (process_job, finalize_job)}


@dataclass(frozen=True)
class Task:
    """A message that can be worked on."""

    delivery: Delivery
    job_id: int
    message: Message[Any]
    run: Callable[[], object]

    def told(self) -> AbstractContextManager[None]:
        """Within this, lines say which message and job they are about, and whose click it was."""
        return context.bound(
            message_id=self.message.message_id,
            actor=self.message.actor_name,
            job_id=self.job_id,
            request_id=self.message.options.get("request_id"),
        )


def work_off(deliveries: Sequence[Delivery], seconds_left: Callable[[], float]) -> list[str]:
    """Work on messages until all are done or the time is over; the ids of those that have to come again.

    `seconds_left` are those until AWS ends the invocation.
    """
    post = Post(broker.sqs.meta.client, settings.dead_letter_queue_name, _large_file_queue())
    # SQS hid them when it handed them out, which may be seconds ago, for as long as an invocation may last.
    post.keep(deliveries, seconds_left() + _LONGER_HIDDEN)
    again = []
    for delivery, outcome in _outcomes(deliveries, seconds_left):
        if post.settle(delivery, outcome):
            again.append(delivery.message_id)
    return again


def _outcomes(
    deliveries: Sequence[Delivery], seconds_left: Callable[[], float]
) -> Iterator[tuple[Delivery, Outcome]]:
    turn = Turn(seconds_left, _large_file_queue() is not None)
    tasks = []
    for delivery in deliveries:
        task = _read(delivery)
        if task is None:
            logger.error("message_not_understood", message_id=delivery.message_id)
            yield delivery, Outcome(Fate.DEAD)
        else:
            tasks.append(task)
    try:
        due = placing.due(sessions(), {task.job_id for task in tasks})
    except Exception as error:
        if not is_unavailable(error):
            raise
        logger.warning("database_unavailable", exc_info=True)
        yield from ((task.delivery, Outcome(Fate.AGAIN, OUTAGE_PAUSE)) for task in tasks)
        return
    for at, task in enumerate(_short_ones_first(tasks, due)):
        with task.told(), tracing.processing(task.message):
            outcome = _outcome(task, due.get(task.job_id), turn, is_first=at == 0)
            logger.info("message_worked_on", fate=outcome.fate)
        yield task.delivery, outcome


def _outcome(task: Task, due: Due | None, turn: Turn, *, is_first: bool) -> Outcome:
    if due is not None and turn.has_larger_workers and due.is_larger_than(settings.lambda_max_file_bytes):
        return Outcome(Fate.LARGE)
    if not is_first and turn.seconds_left() < TO_BEGIN:
        return Outcome(Fate.AGAIN)
    return attempt(task.run, turn)


def _short_ones_first(tasks: Sequence[Task], due: Mapping[int, Due]) -> list[Task]:
    """Few wait for a long one then, and one that ends its Lambda takes as few others along as can be."""
    return sorted(tasks, key=lambda task: due[task.job_id].size if task.job_id in due else 0)


def _read(delivery: Delivery) -> Task | None:
    letter = read_letter(delivery.message_id, dt.datetime.now(dt.UTC), delivery.body)
    if letter.job_id is None or letter.actor not in _ACTORS:
        return None
    actor = _ACTORS[letter.actor]
    try:
        message = Message[Any].decode(b64decode(delivery.body))
        inspect.signature(actor.fn).bind(*message.args, **message.kwargs)
    except (DecodeError, TypeError):
        return None
    return Task(delivery, letter.job_id, message, functools.partial(actor, *message.args, **message.kwargs))


def _large_file_queue() -> str | None:
    """Where files go that are too large here. A Lambda that works on that very queue has nobody behind it."""
    return None if settings.is_for_large_files else settings.sqs_large_file_queue_name
