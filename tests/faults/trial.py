"""One run: faults over uploads, then what must hold, then an undisturbed run of the same files."""

import importlib
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from db.engine import make_engine, make_sessions
from ingestion.storage import make_bucket
from tests.faults import checks, files, report, schedule
from tests.faults.checks import Check
from tests.faults.crew import Crew
from tests.faults.files import Planned
from tests.faults.injector import Injector
from tests.faults.operators import Operator
from tests.faults.outcomes import Desk, Outcome
from tests.faults.report import Summary
from tests.faults.stack import Stack, running

_WORKERS = 3
_PATIENCE_SECONDS = 900.0
"""After the last fault everything is settled by then, or the run has failed. Far more than it takes."""
_GLANCE = 0.5
_AT_ONCE_UNDISTURBED = 6


@dataclass(frozen=True)
class Plan:
    """How large a run is."""

    seed: int
    uploads: int
    faults: int
    seconds: float
    """In which uploads come and faults happen."""


def run(plan: Plan, say: Callable[[str], None]) -> Summary:
    """Carry a plan out. What happens is said line by line."""
    chance = random.Random(plan.seed)  # noqa: S311
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)  # Postgres runs as nobody where root starts it
        planned = files.uploads(
            chance, count=plan.uploads, seconds=plan.seconds * 0.9, scratch=folder / "contacts.csv"
        )
        faults = schedule.faults(chance, count=plan.faults, seconds=plan.seconds)
        with running(folder) as stack:
            crew = Crew(_WORKERS, stack.environment, folder)
            crew.start()
            try:
                return _Run(plan, stack, crew, say).of(planned, faults)
            finally:
                crew.stop()


class _Run:
    def __init__(self, plan: Plan, stack: Stack, crew: Crew, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._stack = stack
        self._crew = crew
        self._say = say
        self._began = time.monotonic()
        self._checks: list[Check] = []

    def of(self, planned: Sequence[Planned], faults: Sequence[schedule.Fault]) -> Summary:
        stack, sessions = self._stack, self._stack.sessions
        injector = Injector(stack, self._crew, faults, self._narrate)
        users = stack.add_user("disturbed"), stack.add_user("twin")
        injector.start()
        outcomes = self._operate(users[0], planned, None, after=injector)
        is_quiet = self._wait_until_quiet()
        self._check("every upload is settled, with a reason where it failed", checks.settled(outcomes))
        self._check("the queue drains to nothing", [] if is_quiet else [self._dump()])
        self._check("no upload is lost or doubled", checks.none_doubled(sessions, users[0], outcomes))
        self._check(
            "dead letters belong to failed uploads",
            checks.letters_belong_to_failures(sessions, stack.direct, outcomes),
        )
        self._narrate("now the same files, undisturbed")
        comparable = [one for one in outcomes if not one.is_deleted and not one.complaints]
        twins = self._operate(users[1], [one.planned for one in comparable], comparable)
        # What was not settled was said already.
        pairs = [pair for pair in zip(comparable, twins, strict=True) if not pair[1].complaints]
        self._check("the undisturbed run is settled too", checks.settled(twins))
        self._check(
            "rows, issues, decisions, contacts, versions and exports are the twin's",
            checks.same_as(sessions, pairs, users),
        )
        self._check("each e-mail is once in an upload's contacts", checks.each_email_once(sessions))
        self._crew.stop()
        self._check("no worker is left or hung", self._crew.complaints)
        self._check("no lock or transaction is left", checks.no_lock_left(sessions))
        self._check("no row belongs to no upload", checks.no_orphaned_row(sessions))
        self._check("no object belongs to no upload", checks.no_orphaned_object(sessions, stack.direct))
        self._check("every kind of fault did happen", self._not_happened(injector))
        return self._summary(outcomes, injector)

    def _operate(
        self,
        user_id: int,
        planned: Sequence[Planned],
        like: Sequence[Outcome] | None,
        after: Injector | None = None,
    ) -> list[Outcome]:
        """Carry uploads to their ends; with an injector, be calm once it has done its work."""
        deadline = time.monotonic() + _PATIENCE_SECONDS + (self._plan.seconds if after else 0)
        desk = self._desk(user_id, deadline)
        begun = time.monotonic()
        operators = [
            Operator(desk, one, begun=begun, like=like[place] if like else None)
            for place, one in enumerate(planned)
        ]
        # An undisturbed run has few at a time: nothing is to be gained from a crowd.
        running: list[Operator] = []
        for operator in operators:
            operator.start()
            running.append(operator)
            while like and len([one for one in running if one.is_alive()]) >= _AT_ONCE_UNDISTURBED:
                time.sleep(0.05)
        if after:
            after.join()
            self._stack.calm()
            self._narrate(
                f"the last fault has happened; {sum(one.is_alive() for one in running)} uploads to go"
            )
            if after.error:
                raise after.error
        for operator in operators:
            operator.join(max(1.0, deadline + 10 - time.monotonic()))
        self._stack.aws_proxy.calm()  # not before: faults wait for a request that they can meet
        return [operator.outcome for operator in operators]

    def _desk(self, user_id: int, deadline: float) -> Desk:
        # The actors are bound to the queue that the environment names when they are imported.
        os.environ.update(self._stack.environment)
        enqueue = importlib.import_module("tasks.enqueue")
        return Desk(
            sessions=make_sessions(make_engine(self._stack.settings.database_url)),
            bucket=make_bucket(self._stack.settings),
            enqueue_process=enqueue.enqueue_process,
            enqueue_finalize=enqueue.enqueue_finalize,
            user_id=user_id,
            deadline=deadline,
        )

    def _wait_until_quiet(self) -> bool:
        """Wait until nothing is in flight and the queue is empty; whether that came.

        Attempts at uploads that failed half-way are given up after a quarter of an hour, which is made to
        have passed.
        """
        with self._stack.sessions.begin() as session:
            session.execute(
                text("UPDATE jobs SET created_at = created_at - interval '1 hour' WHERE status = 'UPLOADING'")
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with self._stack.sessions() as session:
                in_flight = session.scalar(
                    text(
                        "SELECT count(*) FROM jobs WHERE deleted_at IS NOT NULL"
                        " OR status IN ('UPLOADING', 'PENDING', 'PROCESSING', 'FINALIZING')"
                    )
                )
            if not in_flight and checks.queue_depth(self._stack.direct) == 0:
                return True
            time.sleep(_GLANCE)
        return False

    def _not_happened(self, injector: Injector) -> list[str]:
        done = injector.done()
        planned = {fault.kind for fault in injector.faults}
        return [f"not once: {kind}" for kind in sorted(planned) if not done[kind]]

    def _check(self, name: str, findings: list[str]) -> None:
        self._checks.append(Check(name, findings))
        self._narrate(f"{'holds' if not findings else 'VIOLATED'}: {name}")
        for line in findings:
            self._say(f"    {line}")
        if findings and not any(check.findings for check in self._checks[:-1]):
            self._say(self._dump())

    def _dump(self) -> str:
        return report.dump(self._stack.sessions, checks.queue_depth(self._stack.direct), self._crew)

    def _narrate(self, what: str) -> None:
        self._say(f"{time.monotonic() - self._began:7.1f} s  {what}")

    def _summary(self, outcomes: Sequence[Outcome], injector: Injector) -> Summary:
        with self._stack.sessions() as session:
            attempts = Counter(session.scalars(text("SELECT attempt FROM jobs")))
        return Summary(
            seed=self._plan.seed,
            outcomes=outcomes,
            faults=injector.done(),
            hit_work=injector.hit_work,
            attempts=attempts,
            worker_starts=self._crew.restarts,
            checks=self._checks,
            seconds=time.monotonic() - self._began,
        )
