"""What a run prints at its end, and what it prints where something does not hold."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from db.engine import Sessions
from tests.faults.checks import Check
from tests.faults.crew import Crew
from tests.faults.outcomes import Outcome
from tests.faults.schedule import Kind


@dataclass(frozen=True)
class Summary:
    """What came of a run."""

    seed: int
    outcomes: Sequence[Outcome]
    faults: Mapping[Kind, int]
    """Those that happened."""
    hit_work: int
    attempts: Mapping[int, int]
    """How many jobs had so many attempts."""
    worker_starts: int
    """After the first ones."""
    checks: Sequence[Check]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether every check passed."""
        return not any(check.findings for check in self.checks)

    def lines(self) -> Iterator[str]:
        """The summary for people."""
        outcomes = self.outcomes
        statuses = Counter(str(one.status) if not one.is_deleted else "deleted" for one in outcomes)
        races = sum(one.races for one in outcomes)
        happened, rows = sum(self.faults.values()), sum(one.planned.rows for one in outcomes)
        yield f"seed {self.seed}: {len(outcomes)} uploads of {rows:,} rows, {happened} faults"
        yield from (f"  {count:4} x {kind}" for kind, count in sorted(self.faults.items()) if count)
        yield f"  {races:4} x two operators at one step"
        yield f"  {statuses['deleted']:4} x deleted while worked on"
        yield f"faults that met a job being worked on, of those that wait for one: {self.hit_work}"
        yield f"workers started again: {self.worker_starts}"
        yield f"outcomes: {_counts(statuses)}"
        yield f"failed and tried again by their operators: {sum(len(one.failures) for one in outcomes)}"
        yield f"attempts to upload that failed half-way: {sum(len(one.interrupted) for one in outcomes)}"
        yield f"jobs by attempts: {_counts(self.attempts)}"
        yield f"longest until settled: {max(one.seconds for one in outcomes):.1f} s"
        yield f"seconds in all: {self.seconds:.0f}"
        held = sum(not check.findings for check in self.checks)
        yield f"checks: {held} of {len(self.checks)} hold"
        yield from (f"  VIOLATED: {check.name}" for check in self.checks if check.findings)


def dump(sessions: Sessions, depth: int, crew: Crew) -> str:
    """Where everything stands: jobs that are not settled, the queue, the ends of the workers' logs."""
    query = (
        "SELECT id, status, attempt, error_message, created_at::time, enqueued_at::time, heartbeat_at::time,"
        " total_rows, conflict_count FROM jobs WHERE status <> 'COMPLETED' ORDER BY id"
    )
    slow = (
        "SELECT pid, (now() - query_start)::text, wait_event_type, left(query, 300) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    with sessions() as session:
        jobs = [str(tuple(map(str, row))) for row in session.execute(text(query))]
        active = [str(tuple(map(str, row))) for row in session.execute(text(slow))]
    heads = f"messages in the queue: {depth}", "jobs:"
    return "\n".join([*heads, *jobs, "what Postgres does:", *active, crew.last_words()])


def _counts(counted: Mapping[str, int] | Mapping[int, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counted.items()))
