"""The package that AWS gets, invoked by a Python of its own: nothing is on its path but the package."""

import json
import platform
import re
import subprocess
import sys
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from db.engine import Sessions
from infra.packaging.lambda_package import MOST_SENT_DIRECTLY, Package, build, pack
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from tests.faults.aws_proxy import AwsProxy, Effect, Tampering
from tests.integration.jobs import row_of, set_row
from tests.lambda_events import EventSourceMapping
from tests.letters import message
from tests.worker import Queue

pytestmark = [
    pytest.mark.skipif(
        (sys.platform, platform.machine(), sys.version_info[:2]) != ("linux", "x86_64", (3, 11)),
        reason="the Lambda's package runs on Linux, x86_64, Python 3.11 only",
    ),
    pytest.mark.timeout(900),  # pip fetches 60 MB, on whichever line
]

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"
GLIBC = 26
"""Of Amazon Linux 2: 2.26."""

INVOKES = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
began = time.monotonic()
from tasks import lambda_handler
print(f"imported in {time.monotonic() - began:.2f} s", file=sys.stderr)
ends = time.monotonic() + float(sys.argv[3])
class Context:
    def get_remaining_time_in_millis(self):
        return int((ends - time.monotonic()) * 1000)
answer = getattr(lambda_handler, sys.argv[2])(json.load(sys.stdin), Context())
strangers = {name for name, module in sys.modules.items()
             if "site-packages" in (getattr(module, "__file__", None) or "")}
assert not strangers, strangers
json.dump(answer, sys.stdout)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The package. pip fetches its wheels, and all is compiled, which takes a minute."""
    folder = tmp_path_factory.mktemp("package")
    return build(folder / "lambda.zip", folder / "wheels")


@pytest.fixture(scope="module")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as Lambda lays it out."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def store(settings: Settings) -> Iterator[AwsProxy]:
    """S3 and SQS as the Lambda reaches them."""
    assert settings.aws_endpoint_url
    port = urlsplit(settings.aws_endpoint_url).port
    assert port
    proxy = AwsProxy(port)
    proxy.start()
    yield proxy
    proxy.close()


@pytest.fixture
def invoke(
    unpacked: Path, environment: dict[str, str], store: AwsProxy, tmp_path: Path
) -> Callable[..., Any]:
    """Calls the handler in a fresh process: no site-packages, no variables of ours, an empty folder."""

    def invoke(name: str, event: dict[str, Any], seconds: float = 300.0) -> Any:
        lambdas = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{store.port}",
            "SQS_LARGE_FILE_QUEUE_NAME": "large-files",
        }
        done = subprocess.run(
            [f"{sys.base_prefix}/bin/python3.11", "-I", "-S", "-c", INVOKES, unpacked, name, str(seconds)],
            input=json.dumps(event),
            env={**environment, **lambdas},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        sys.stderr.write(done.stderr)
        return json.loads(done.stdout)

    return invoke


def statuses(sessions: Sessions) -> dict[int, JobStatus]:
    with sessions() as session:
        return {row.id: JobStatus(row.status) for row in session.execute(text("SELECT id, status FROM jobs"))}


def about(event: dict[str, Any], *job_ids: int) -> set[str]:
    """The messages of an event that are about these jobs."""
    return {
        record["messageId"]
        for record in event["Records"]
        if json.loads(b64decode(record["body"]))["kwargs"]["job_id"] in job_ids
    }


def test_of_ten_messages_exactly_the_two_whose_files_cannot_be_read_come_again(
    invoke: Callable[..., Any],
    upload: Callable[[bytes], int],
    settings: Settings,
    sessions: Sessions,
    store: AwsProxy,
    sqs: Queue,
) -> None:
    ten = [upload(CLEAN if number % 2 else UNSETTLED) for number in range(10)]
    failing = ten[2], ten[7]
    for job_id in failing:
        store.arm(
            Tampering(
                str(job_id), Effect.UNAVAILABLE, frozenset({"S3.GET"}), 1000, within=f"/job-{job_id}.csv"
            )
        )
    mapping = EventSourceMapping(settings, settings.sqs_queue_name)
    event = mapping.batch(10)

    answer = invoke("process", event)

    assert set(mapping.settle(event, answer)) == about(event, *failing)
    expected = {
        job_id: JobStatus.COMPLETED if number % 2 else JobStatus.NEEDS_REVIEW
        for number, job_id in enumerate(ten)
    }
    assert statuses(sessions) == expected | dict.fromkeys(failing, JobStatus.PENDING)
    assert sqs.dead_letters() == []

    store.calm()
    again = mapping.batch(2)
    assert mapping.settle(again, invoke("process", again)) == []
    assert statuses(sessions) == expected
    assert sqs.waiting_and_taken() == (0, 0)


def test_what_fails_for_good_what_is_too_large_and_what_has_no_time_left(
    invoke: Callable[..., Any],
    upload: Callable[[bytes], int],
    settings: Settings,
    sessions: Sessions,
    large_files: Queue,
    sqs: Queue,
) -> None:
    given_up, large, late = (upload(CLEAN) for _ in range(3))
    set_row(sessions, given_up, "attempt = 5, error_message = 'the fifth time', file_size = 1")
    set_row(sessions, large, "file_size = 104857601")
    sqs.send(message(actor="send_mail"))
    mapping = EventSourceMapping(settings, settings.sqs_queue_name)
    event = mapping.batch(4)

    answer = invoke("process", event, seconds=40)

    assert set(mapping.settle(event, answer)) == about(event, late)
    assert statuses(sessions) == {
        given_up: JobStatus.FAILED,
        large: JobStatus.PENDING,
        late: JobStatus.PENDING,
    }
    assert large_files.next_message()["kwargs"]["job_id"] == large
    assert sqs.count_dead_letters() == 2
    assert sqs.waiting_and_taken() == (1, 0)


def test_upkeep_sends_what_was_lost(
    invoke: Callable[..., Any], upload: Callable[[bytes], int], sessions: Sessions, sqs: Queue
) -> None:
    job_id = upload(CLEAN)
    sqs.clear()
    set_row(sessions, job_id, "status = 'PROCESSING', worker_id = 'dead', taken_at = now(), attempt = 1")
    assert invoke("upkeep", {"detail-type": "Scheduled Event"}) is None
    assert sqs.next_message()["kwargs"]["job_id"] == job_id
    assert row_of(sessions, job_id)["status"] == JobStatus.PENDING


def test_the_package_fits_is_reproducible_and_holds_nothing_newer_than_its_linux(
    package: Package, unpacked: Path, tmp_path: Path
) -> None:
    assert package.size <= MOST_SENT_DIRECTLY
    names = {path.name for path in unpacked.iterdir()}
    assert {"db", "ingestion", "tasks", "psycopg2"} <= names
    assert names & {"dashboard", "tests", "local", "infra", "pandas", "pyarrow", "streamlit"} == set()
    assert pack(tmp_path / "again.zip", unpacked).sha256 == package.sha256
    needed = {
        int(version)
        for library in unpacked.rglob("*.so*")
        for version in re.findall(rb"GLIBC_2\.(\d+)", library.read_bytes())
    }
    assert 0 < max(needed) <= GLIBC
