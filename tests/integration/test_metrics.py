"""The metrics of real worker processes: scraped, and in their log."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import urllib3
from sqlalchemy import Engine, text

from db.engine import Sessions
from db.leadership import _LEADER_LOCK, Leadership
from local.ports import free_port
from tests.conftest import Upload
from tests.contacts import write_contacts
from tests.embedded_metrics import lines_of, values_of
from tests.outages import proxy_to, through
from tests.scraping import Samples
from tests.worker import Worker, eventually

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"


class Measured:
    """A worker whose metrics can be read; its temporary files are in a folder of its own."""

    def __init__(self, environment: dict[str, str], folder: Path, *, processes: int = 1) -> None:
        self.port = free_port()
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.log = folder / "worker.log"
        environment = {
            **environment,
            "WORKER_METRICS_PORT": str(self.port),
            "METRICS_NAMESPACE": "Ingestion/tests",
            "TMPDIR": str(self.temporary),
        }
        self.worker = Worker(environment, self.log, processes=processes)

    def samples(self) -> Samples:
        return Samples(urllib3.request("GET", f"http://127.0.0.1:{self.port}/metrics", retries=False).data)

    def is_served(self) -> bool:
        try:
            self.samples()
        except urllib3.exceptions.HTTPError:
            return False
        return True

    def folders(self) -> list[Path]:
        return list(self.temporary.glob("ingestion-metrics-*"))


@contextmanager
def measured(environment: dict[str, str], folder: Path, *, processes: int = 1) -> Iterator[Measured]:
    ours = Measured(environment, folder, processes=processes)
    ours.worker.start()
    try:
        eventually(ours.is_served, "served")
        yield ours
    finally:
        ours.worker.kill()


def test_an_upload_is_seen_in_the_workers_metrics(
    environment: dict[str, str], upload: Upload, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.csv"
    write_contacts(file, rows=5_000)
    with measured(environment, tmp_path) as ours:
        before = ours.samples()
        assert before.value("ingestion_rows_total") == 0
        assert before.value("ingestion_failures_total", kind="database") == 0
        upload(file.read_bytes())
        eventually(lambda: ours.samples().value("ingestion_rows_total") == 5_000, "its rows counted")
        eventually(lambda: ours.samples().value("ingestion_jobs", status="NEEDS_REVIEW") == 1, "its status")
        found = ours.samples()
        assert found.value("ingestion_files_total") == 1
        assert found.value("ingestion_job_rows_per_second_count") == 1
        assert found.value("ingestion_job_wait_seconds_count") == 1
        for stage in ("copy", "load", "duplicates", "analyze"):
            assert found.value("ingestion_job_stage_seconds_count", stage=stage) == 1
        assert found.value("ingestion_job_stage_seconds_count", stage="finalize") == 0
        assert found.value("ingestion_dead_letters") == 0
        assert found.value("ingestion_last_scrape_error", source="database") == 0
        eventually(lambda: ours.samples().value("ingestion_workers", state="idle") == 1, "the worker there")
        assert len(ours.folders()) == 1
        ours.worker.stop()
        lines = lines_of(ours.log.read_text())
    assert values_of(lines, "Rows") == [5_000]
    assert values_of(lines, "Files") == [1]
    assert len(values_of(lines, "JobStageSeconds", Stage="load")) == 1
    assert len(values_of(lines, "JobRowsPerSecond")) == 1
    assert not ours.folders(), "something was left behind"


def test_what_two_processes_count_is_added_up(
    environment: dict[str, str], upload: Upload, engine: Engine, tmp_path: Path
) -> None:
    with measured(environment, tmp_path, processes=2) as ours:
        with engine.connect() as somebody:
            # Both are at work at the same time, so each has one of the files.
            somebody.execute(text("LOCK TABLE raw_rows IN EXCLUSIVE MODE"))
            for _ in range(2):
                upload(CLEAN)
            eventually(lambda: ours.samples().value("ingestion_workers", state="busy") == 2, "both at work")
            somebody.rollback()
        eventually(lambda: ours.samples().value("ingestion_rows_total") == 2, "added up")
        finalized = "ingestion_job_stage_seconds_count"
        eventually(lambda: ours.samples().value(finalized, stage="finalize") == 2, "finalized")
        (folder,) = ours.folders()
        shared = [file.read_bytes() for file in folder.glob("*.db")]
        assert len(shared) == 4
        for content in shared:
            used = int.from_bytes(content[:4], "little")
            assert 0 < used < len(content) / 4, "files must never grow: a full disk would end the worker"
        ours.worker.stop()
    lines = lines_of(ours.log.read_text())
    assert sorted(values_of(lines, "Rows")) == [1, 1]


def test_metrics_are_served_while_the_database_does_not_answer(
    environment: dict[str, str], upload: Upload, tmp_path: Path
) -> None:
    with (
        proxy_to(environment["DATABASE_URL"]) as proxy,
        measured(
            {**environment, "DATABASE_URL": through(proxy, environment["DATABASE_URL"])}, tmp_path
        ) as ours,
    ):
        upload(CLEAN)
        eventually(lambda: ours.samples().value("ingestion_jobs", status="COMPLETED") == 1, "completed")
        proxy.stall()
        eventually(lambda: "ingestion_jobs" not in ours.samples(), "noticed")
        found = ours.samples()
        assert found.value("ingestion_last_scrape_error", source="database") == 1
        assert found.value("ingestion_last_scrape_error", source="queue") == 0
        assert found.value("ingestion_rows_total") == 1
        proxy.refuse()


def test_workers_go_on_when_the_process_that_serves_metrics_is_killed(
    environment: dict[str, str], upload: Upload, sessions: Sessions, tmp_path: Path
) -> None:
    def completed() -> int:
        with sessions() as session:
            return session.scalar(text("SELECT count(*) FROM jobs WHERE status = 'COMPLETED'")) or 0

    with measured(environment, tmp_path) as ours:
        os.kill(listener_of(ours.port), signal.SIGKILL)
        eventually(lambda: not ours.is_served(), "served no more")
        upload(CLEAN)
        eventually(lambda: completed() == 1, "completed")


def test_the_process_that_serves_metrics_ends_with_a_master_that_is_killed(
    environment: dict[str, str],
    sessions: Sessions,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    with measured(environment, tmp_path) as ours:
        server = listener_of(ours.port)
        os.kill(parent_of(server), signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{server}").exists(), "ended")
        assert not ours.folders()


def test_what_a_killed_master_left_behind_is_removed_by_the_next(
    environment: dict[str, str],
    sessions: Sessions,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    ours = Measured(environment, tmp_path)
    left = ours.temporary / "ingestion-metrics-99999999-0123456789abcdef"
    of_somebody_alive = ours.temporary / f"ingestion-metrics-{os.getpid()}-0123456789abcdef"
    left.mkdir()
    of_somebody_alive.mkdir()
    ours.worker.start()
    try:
        eventually(lambda: not left.exists(), "removed")
        assert of_somebody_alive.exists()
    finally:
        ours.worker.kill()


def test_a_worker_without_a_port_serves_nothing_and_leaves_nothing(
    environment: dict[str, str], upload: Upload, sessions: Sessions, tmp_path: Path
) -> None:
    before = set(Path(tempfile.gettempdir()).glob("ingestion-metrics-*"))
    worker = Worker(environment, tmp_path / "worker.log")
    worker.start()
    try:
        job_id = upload(CLEAN)
        with sessions() as session:
            status = text("SELECT status = 'COMPLETED' FROM jobs WHERE id = :j")
            eventually(lambda: bool(session.scalar(status, {"j": job_id})), "completed")
    finally:
        worker.stop()
    assert "metrics" not in (tmp_path / "worker.log").read_text()
    assert set(Path(tempfile.gettempdir()).glob("ingestion-metrics-*")) <= before


def test_one_leads_and_another_when_it_is_gone(engine: Engine) -> None:
    first, second = Leadership(engine), Leadership(engine)
    eventually(first.is_ours, "led")  # a worker that was killed may have done so until now
    assert first.is_ours()
    assert not second.is_ours()
    with engine.begin() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = :key"),
            {"key": _LEADER_LOCK & 0xFFFFFFFF},
        )
    eventually(second.is_ours, "led by the other")
    with pytest.raises(psycopg2.Error):
        first.is_ours()
    assert not first.is_ours()


def listener_of(port: int) -> int:
    """The process that listens there."""
    inode = next(
        fields[9]
        for fields in (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        if fields[1].endswith(f":{port:04X}") and fields[3] == "0A"
    )
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(f.readlink() == Path(f"socket:[{inode}]") for f in (process / "fd").iterdir()):
                return int(process.name)
        except OSError:
            continue
    raise AssertionError(f"nobody listens at {port}")


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
