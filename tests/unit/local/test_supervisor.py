import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from local import supervisor
from local.errors import StackError
from local.processes import Condition, Identity, never
from local.supervisor import Service, Supervisor, ending, restart_delay


class Fake:
    """A runnable that dies when told to."""

    identity: Identity | None = None
    exit_code: int | None = None
    complaint = "ValueError: broken"

    def __init__(self, name: str, stopped: list[str]) -> None:
        self.name = name
        self.starts = 0
        self._stopped = stopped

    def start(self) -> None:
        self.starts += 1
        self.exit_code = None

    def stop(self, hurried: Condition) -> None:  # noqa: ARG002  the protocol's
        self._stopped.append(self.name)


class Clock:
    """Stands in for the time module."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(supervisor, "time", clock)
    return clock


class Watch:
    """A supervisor over fakes, with what it reported."""

    def __init__(self, folder: Path) -> None:
        self.reports: list[str] = []
        self.stopped: list[str] = []
        self.supervisor = Supervisor(folder / "processes.json", self.reports.append)
        self._folder = folder

    def add(self, name: str, restart: Callable[[], None] | None = None) -> Fake:
        fake = Fake(name, self.stopped)
        self.supervisor.start(Service(name, fake, fake.start, self._folder / f"{name}.log", restart))
        return fake


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def test_delays_double_up_to_the_longest() -> None:
    assert [restart_delay(failures) for failures in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert restart_delay(10_000) == 30


def test_what_dies_is_started_again_after_the_delay(watch: Watch, clock: Clock) -> None:
    fake = watch.add("worker")
    fake.exit_code = 1
    watch.supervisor.look()
    watch.supervisor.look()
    assert fake.starts == 1
    clock.now += 0.5
    watch.supervisor.look()
    assert fake.starts == 2
    assert len(watch.reports) == 2
    assert "worker ended with exit code 1 (ValueError: broken)" in watch.reports[0]
    assert watch.reports[1] == "worker runs again"


def test_a_service_that_keeps_dying_waits_longer_each_time(watch: Watch, clock: Clock) -> None:
    fake = watch.add("worker")
    for starts, delay in enumerate([0.5, 1.0, 2.0], start=1):
        fake.exit_code = 1
        watch.supervisor.look()
        clock.now += delay - 0.01
        watch.supervisor.look()
        assert fake.starts == starts
        clock.now += 0.01
        watch.supervisor.look()
        assert fake.starts == starts + 1


def test_a_service_that_ran_for_long_is_started_soon_again(watch: Watch, clock: Clock) -> None:
    fake = watch.add("worker")
    for _ in range(3):
        fake.exit_code = 1
        watch.supervisor.look()
        clock.now += 100
        watch.supervisor.look()
    clock.now += 100
    fake.exit_code = -signal.SIGKILL
    watch.supervisor.look()
    assert "worker was killed: starting it again in 0.5 s" in watch.reports[-1]


def test_a_start_that_fails_is_tried_again(watch: Watch, clock: Clock) -> None:
    attempts = iter([StackError("the port is taken"), None])

    def restart() -> None:
        if error := next(attempts):
            raise error
        fake.start()

    fake = watch.add("postgres", restart)
    fake.exit_code = 1
    watch.supervisor.look()
    clock.now += 0.5
    watch.supervisor.look()
    assert "postgres did not come back, next try in 1 s: the port is taken" in watch.reports[-1]
    clock.now += 1
    watch.supervisor.look()
    assert watch.reports[-1] == "postgres runs again"


def test_services_are_stopped_newest_first(watch: Watch) -> None:
    for name in ("postgres", "aws", "worker"):
        watch.add(name)
    assert list(watch.supervisor.stopping(never)) == ["worker", "aws", "postgres"]
    assert watch.stopped == ["worker", "aws", "postgres"]


def test_what_failed_while_it_started_is_stopped_as_well(watch: Watch, tmp_path: Path) -> None:
    fake = Fake("aws", watch.stopped)

    def start() -> None:
        raise StackError("no")

    with pytest.raises(StackError):
        watch.supervisor.start(Service("aws", fake, start, tmp_path / "aws.log"))
    list(watch.supervisor.stopping(never))
    assert watch.stopped == ["aws"]


@pytest.mark.parametrize("content", ["", "nonsense", "[1]", '[{"pid": 1}]'])
def test_unreadable_records_end_nobody(tmp_path: Path, content: str) -> None:
    records = tmp_path / "processes.json"
    records.write_text(content)
    assert supervisor.end_recorded(records) == 0
    assert supervisor.end_recorded(tmp_path / "missing.json") == 0


@pytest.mark.parametrize(
    ("exit_code", "words"),
    [(-9, "was killed"), (-15, "was ended by SIGTERM"), (3, "ended with exit code 3")],
)
def test_endings_are_told_in_words(exit_code: int, words: str) -> None:
    assert ending(exit_code) == words
