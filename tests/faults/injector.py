"""Carries out the faults of a schedule, each at its moment."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.aws_proxy import Effect, Tampering
from tests.faults.crew import Crew
from tests.faults.schedule import Fault, Kind
from tests.faults.stack import Stack

_WAIT_FOR_WORK_SECONDS = 2.0
_GLANCE = 0.05
_LATER_SECONDS = 5
"""Messages are delayed by up to so long: past the end of the job that they are about."""

_TAMPERINGS: dict[Kind, tuple[Effect, frozenset[str]]] = {
    Kind.S3_UNAVAILABLE: (Effect.UNAVAILABLE, frozenset({"S3.GET", "S3.PUT", "S3.HEAD", "S3.DELETE"})),
    Kind.S3_ANSWER_LOST: (Effect.UNHEARD, frozenset({"S3.GET", "S3.PUT", "S3.DELETE"})),
    Kind.S3_BODY_CUT: (Effect.CUT_SHORT, frozenset({"S3.GET"})),
    Kind.SQS_THROTTLED: (Effect.THROTTLED, frozenset({"SendMessage", "ReceiveMessage", "DeleteMessage"})),
    Kind.SEND_UNHEARD: (Effect.UNHEARD, frozenset({"SendMessage"})),
    Kind.RECEIVE_UNHEARD: (Effect.UNHEARD, frozenset({"ReceiveMessage"})),
    Kind.MESSAGE_DELAYED: (Effect.DELAYED, frozenset({"SendMessage"})),
    Kind.MESSAGE_DOUBLED: (Effect.DOUBLED, frozenset({"SendMessage"})),
    Kind.MESSAGE_DROPPED: (Effect.DROPPED, frozenset({"SendMessage"})),
    Kind.ACK_FAILED: (Effect.UNAVAILABLE, frozenset({"DeleteMessage"})),
    Kind.ACK_UNHEARD: (Effect.UNHEARD, frozenset({"DeleteMessage"})),
    Kind.BEAT_FAILED: (Effect.UNAVAILABLE, frozenset({"ChangeMessageVisibility"})),
}
_ONCE = frozenset({Kind.MESSAGE_DELAYED, Kind.MESSAGE_DOUBLED, Kind.MESSAGE_DROPPED})
"""One message each: what is hit here is not tried again."""
_LASTING = frozenset({Kind.POSTGRES_REFUSED, Kind.POSTGRES_STALLED, Kind.AWS_REFUSED, Kind.AWS_STALLED})
_NEEDS_WORK = frozenset(Kind) - _TAMPERINGS.keys()
"""Kinds that are of use while somebody works; the others wait for their request by themselves."""


class Injector(threading.Thread):
    """Works through a schedule."""

    def __init__(self, stack: Stack, crew: Crew, faults: Sequence[Fault], say: Callable[[str], None]) -> None:
        super().__init__(name="injector", daemon=True)
        self._stack = stack
        self._crew = crew
        self.faults = faults
        self._say = say
        self._done: Counter[Kind] = Counter()
        self.hit_work = 0
        """Faults that met a job being worked on, of those that wait for one."""
        self.error: Exception | None = None
        """What the injector itself failed with."""

    def run(self) -> None:
        """Carry out one after the other."""
        began = time.monotonic()
        try:
            for fault in self.faults:
                time.sleep(max(0.0, began + fault.at - time.monotonic()))
                if fault.kind in _NEEDS_WORK:
                    self.hit_work += self._wait_for_work()
                self._carry_out(fault)
        except Exception as error:  # noqa: BLE001  raised again by whoever waits for the end
            self.error = error

    def done(self) -> Counter[Kind]:
        """How many faults of each kind happened: of those that wait for a request, those that met one."""
        hits = self._stack.aws_proxy.hits
        return self._done + Counter({kind: hits[kind] for kind in _TAMPERINGS})

    def _carry_out(self, fault: Fault) -> None:
        if fault.kind in _TAMPERINGS:
            effect, actions = _TAMPERINGS[fault.kind]
            times = 1 if fault.kind in _ONCE else fault.times
            later = 1 + fault.victim % _LATER_SECONDS
            self._stack.aws_proxy.arm(Tampering(fault.kind, effect, actions, times, later))
            self._say(f"{fault.kind} x {times}")
            return
        detail = self._strike(fault)
        self._done[fault.kind] += 1
        self._say(f"{fault.kind}{f': {detail}' if detail else ''}")

    def _strike(self, fault: Fault) -> str:
        stack = self._stack
        strikes: dict[Kind, Callable[[], object]] = {
            Kind.WORKER_KILLED: lambda: self._crew.kill(fault.victim),
            Kind.WORKER_STOPPED: lambda: self._crew.tell_to_stop(fault.victim),
            Kind.POSTGRES_RESTARTED: lambda: stack.restart_postgres(kill=False),
            Kind.POSTGRES_KILLED: lambda: stack.restart_postgres(kill=True),
            Kind.POSTGRES_CUT: stack.postgres_line.cut,
            Kind.POSTGRES_REFUSED: lambda: stack.postgres_line.refuse(fault.seconds),
            Kind.POSTGRES_STALLED: lambda: stack.postgres_line.stall(fault.seconds),
            Kind.AWS_RESTARTED: lambda: stack.restart_aws(kill=False),
            Kind.AWS_KILLED: lambda: stack.restart_aws(kill=True),
            Kind.AWS_CUT: stack.aws_line.cut,
            Kind.AWS_REFUSED: lambda: stack.aws_line.refuse(fault.seconds),
            Kind.AWS_STALLED: lambda: stack.aws_line.stall(fault.seconds),
        }
        detail = strikes[fault.kind]()
        return f"{fault.seconds} s" if fault.kind in _LASTING else str(detail or "")

    def _wait_for_work(self) -> bool:
        """Wait a moment until some job is worked on; whether one is."""
        until = time.monotonic() + _WAIT_FOR_WORK_SECONDS
        while time.monotonic() < until:
            try:
                with self._stack.engine.connect() as connection:
                    busy = connection.scalar(
                        text("SELECT count(*) FROM jobs WHERE status IN ('PROCESSING', 'FINALIZING')")
                    )
            except SQLAlchemyError:  # the database is what is down
                return False
            if busy:
                return True
            time.sleep(_GLANCE)
        return False
