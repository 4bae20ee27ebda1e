"""One trace of one upload: from the click in the dashboard's process to the last statement in a worker's."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion.rules.lifecycle import JobStatus
from tests.collector import Collector, Span, collecting
from tests.integration.jobs import row_of
from tests.worker import ROOT, Queue, Worker, eventually

FILE = (
    "email,first_name,last_name,company\n"
    "ana@zanzibar.example,Ana,Silva,Acme\n"
    "ana@zanzibar.example,Anna,Silva,Acme\n"
    "not-an-address@,Bo,Brandybuck,Acme\n"
    "cy@zanzibar.example,Cy,,Acme\n"
)
CLEAN = "email,first_name,last_name,company\nana@zanzibar.example,Ana,Brandybuck,Acme\n"
WRITTEN = re.compile(r"zanzibar|brandybuck|silva|acme|\bann?a\b", re.IGNORECASE)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
def traced(environment: dict[str, str], collector: Collector) -> dict[str, str]:
    return {**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}


@pytest.fixture
def worker(traced: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(traced, tmp_path / "worker.log")
    yield worker
    worker.kill()


def click(environment: dict[str, str], user_id: int, file: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.integration.traced_click", str(user_id), str(file)],
        cwd=ROOT,
        env=environment,
        timeout=100,
        check=True,
    )


def uploaded(collector: Collector) -> list[Span]:
    (submit,) = [span for span in collector.spans if span.name == "uploads.submit"]
    return [span for span in collector.spans if span.trace_id == submit.trace_id]


def names_below(trace: list[Span], name: str) -> list[str]:
    """The spans right below the one of this name, in the order in which they began."""
    (parent,) = [span for span in trace if span.name == name]
    below = [span for span in trace if span.parent_id == parent.span_id]
    return [span.name for span in sorted(below, key=lambda span: span.start)]


def is_anybody_there(sessions: Sessions) -> bool:
    with sessions() as session:
        return bool(session.scalar(text("SELECT count(*) FROM workers")))


def in_order(wanted: list[str], found: list[str]) -> bool:
    rest = iter(found)
    return all(name in rest for name in wanted)


@pytest.mark.parametrize(
    ("content", "status"), [(FILE, JobStatus.NEEDS_REVIEW), (CLEAN, JobStatus.COMPLETED)]
)
def test_a_click_and_all_that_comes_of_it_are_one_trace_without_what_people_wrote(
    traced: dict[str, str],
    collector: Collector,
    worker: Worker,
    sqs: Queue,  # noqa: ARG001  (emptied before)
    sessions: Sessions,
    user_id: int,
    tmp_path: Path,
    content: str,
    status: JobStatus,
) -> None:
    (tmp_path / "Brandybuck.csv").write_text(content)
    click(traced, user_id, tmp_path / "Brandybuck.csv")
    worker.start()
    eventually(lambda: row_of(sessions, 1)["status"] == status, "processed")
    worker.stop()  # what it still holds is sent by its end

    trace = uploaded(collector)
    ids = {span.span_id for span in trace}
    (root,) = [span for span in trace if not span.parent_id]
    assert root.name == "page Uploads"
    assert root.attributes["user.id"] == str(user_id)
    assert [span.name for span in trace if span.parent_id and span.parent_id not in ids] == []
    assert {span.service for span in trace} == {"data-ingestion-dashboard", "data-ingestion-worker"}
    assert [span.name for span in trace if span.failed] == []
    assert in_order(
        ["INSERT jobs", "COMMIT", "S3.PutObject", "UPDATE jobs", "COMMIT", "send tests"],
        names_below(trace, "uploads.submit"),
    )
    assert names_below(trace, "send tests")[-2:] == ["SQS.SendMessage", "process tests"]
    assert names_below(trace, "process tests") == ["take in", "finalization"]
    assert in_order(
        ["UPDATE jobs", "COMMIT", "copy", "open", "load", "duplicates", "analyze", "UPDATE jobs", "COMMIT"],
        names_below(trace, "take in"),
    )
    assert names_below(trace, "load") == ["COPY raw_rows"]
    statements = [span for span in trace if span.attributes.get("db.system.name")]
    assert max(statements, key=lambda span: span.end).service == "data-ingestion-worker"
    rows = next(span for span in trace if span.name == "COPY raw_rows").attributes["ingestion.rows"]
    assert rows == content.count("\n") - 1
    assert [word for word in collector.words if "@" in word or WRITTEN.search(word)] == []


def test_what_a_worker_does_by_itself_is_not_traced(
    collector: Collector,
    worker: Worker,
    sqs: Queue,  # noqa: ARG001
    sessions: Sessions,
) -> None:
    worker.start()
    eventually(lambda: is_anybody_there(sessions), "it says that it is there")
    worker.stop()
    assert collector.spans == []


def test_an_upload_is_processed_without_its_collector(
    environment: dict[str, str],
    sqs: Queue,  # noqa: ARG001
    sessions: Sessions,
    user_id: int,
    tmp_path: Path,
) -> None:
    away = {**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    worker = Worker(away, tmp_path / "worker.log")
    (tmp_path / "contacts.csv").write_text(CLEAN)
    try:
        click(away, user_id, tmp_path / "contacts.csv")
        worker.start()
        eventually(lambda: row_of(sessions, 1)["status"] == JobStatus.COMPLETED, "processed")
        worker.stop()
    finally:
        worker.kill()
    assert (tmp_path / "worker.log").read_text().count("traces cannot be sent") <= 1
