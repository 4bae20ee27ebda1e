"""What goes wrong in a run, and when: made from the seed before anything starts."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of fault. The words are what the summary prints."""

    WORKER_KILLED = "worker killed (-9)"
    WORKER_STOPPED = "worker stopped (-15)"
    POSTGRES_RESTARTED = "Postgres restarted, fast"
    POSTGRES_KILLED = "Postgres killed (-9)"
    POSTGRES_CUT = "connections to Postgres cut"
    POSTGRES_REFUSED = "Postgres refuses"
    POSTGRES_STALLED = "Postgres stalls"
    AWS_RESTARTED = "S3 and SQS restarted"
    AWS_KILLED = "S3 and SQS killed (-9)"
    AWS_CUT = "connections to S3 and SQS cut"
    AWS_REFUSED = "S3 and SQS refuse"
    AWS_STALLED = "S3 and SQS stall"
    S3_UNAVAILABLE = "S3 answers 503"
    S3_ANSWER_LOST = "S3's answer lost"
    S3_BODY_CUT = "S3's object cut short"
    SQS_THROTTLED = "SQS throttles"
    SEND_UNHEARD = "answer to a sent message lost"
    RECEIVE_UNHEARD = "received message lost on its way"
    MESSAGE_DELAYED = "message delayed"
    MESSAGE_DOUBLED = "message doubled"
    MESSAGE_DROPPED = "message dropped"
    ACK_FAILED = "acknowledge refused"
    ACK_UNHEARD = "answer to an acknowledge lost"
    BEAT_FAILED = "heartbeat refused"


@dataclass(frozen=True)
class Fault:
    """One fault."""

    kind: Kind
    at: float
    """Seconds after the first upload may come."""
    victim: int
    """Picks one of several, such as a worker: any number from 0."""
    seconds: float
    """How long it lasts, where it lasts."""
    times: int
    """How many requests in a row it hits. A client tries each request three times, so 3 makes it fail."""


def faults(chance: random.Random, *, count: int, seconds: float) -> list[Fault]:
    """So many faults within so many seconds, of every kind in turn, in order of their moments."""
    step = seconds / count
    return [
        Fault(
            kind=kind,
            at=(place + chance.random()) * step,
            victim=chance.randrange(1_000),
            seconds=round(chance.uniform(0.3, 4.0), 1),
            times=chance.choice((1, 1, 3, 4)),
        )
        for place, kind in zip(range(count), _shuffled_again_and_again(chance), strict=False)
    ]


def _shuffled_again_and_again(chance: random.Random) -> Iterator[Kind]:
    while True:
        yield from chance.sample(list(Kind), len(Kind))
