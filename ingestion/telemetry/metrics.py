"""Every metric of the product, and how pages are timed. `docs/metrics.md` explains each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from ingestion.failures import Kind
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.telemetry.instruments import Counter, Distribution, Gauge, Unit

Stage = Literal["copy", "load", "duplicates", "analyze", "finalize", "export"]
Way = Literal["dashboard", "direct"]
"""How a file came: through the dashboard, or from the browser straight to the store."""
Source = Literal["database", "queue"]

PAGES = (
    *("account", "audit", "contacts", "history", "operations", "outcome", "people", "review"),
    *("upload", "uploads"),
)

_JOB_SECONDS = (0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3600)
_PAGE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_ROWS_PER_SECOND = (1_000, 3_000, 10_000, 30_000, 60_000, 100_000, 200_000)

UPLOADS = Counter("ingestion_uploads_total", "Files that arrived.", label="way", values=get_args(Way))
UPLOAD_BYTES = Counter(
    "ingestion_upload_bytes_total", "Size of the files that arrived.", Unit.BYTES, "way", get_args(Way)
)

JOB_WAIT_SECONDS = Distribution(
    "ingestion_job_wait_seconds",
    "From when a file was due to when a worker took it.",
    Unit.SECONDS,
    bounds=_JOB_SECONDS,
)
STAGE_SECONDS = Distribution(
    "ingestion_job_stage_seconds",
    "How long the stages of a job took that were completed.",
    Unit.SECONDS,
    "stage",
    get_args(Stage),
    _JOB_SECONDS,
)
FILES = Counter("ingestion_files_total", "Files that were read and checked.")
ROWS = Counter("ingestion_rows_total", "Rows of these files.")
ROWS_PER_SECOND = Distribution(
    "ingestion_job_rows_per_second",
    "How fast a file was read and checked, from the store to the last statement.",
    Unit.PER_SECOND,
    bounds=_ROWS_PER_SECOND,
)
FAILURES = Counter(
    "ingestion_failures_total", "Attempts at a job that failed.", label="kind", values=tuple(Kind)
)
RETRIES = Counter("ingestion_retries_total", "Failed attempts after which the job waits for another one.")
GIVEN_UP = Counter("ingestion_given_up_total", "Jobs whose last attempt failed: each leaves a dead letter.")
HANDED_BACK = Counter("ingestion_handed_back_total", "Jobs that a worker handed back because it was stopped.")
RESENT = Counter("ingestion_resent_total", "Jobs that were sent again: their worker died, or their message.")

PAGE_SECONDS = Distribution(
    "ingestion_page_seconds", "How long a page ran.", Unit.SECONDS, "page", bounds=_PAGE_SECONDS
)
PAGE_ERRORS = Counter(
    "ingestion_page_errors_total", "Runs of a page that an error ended.", label="page", values=PAGES
)

JOBS = Gauge("ingestion_jobs", "Uploads by status.", label="status", values=tuple(JobStatus))
JOBS_WAITING = Gauge("ingestion_jobs_waiting", "Jobs that are due for a worker.")
JOBS_STUCK = Gauge("ingestion_jobs_stuck", "Jobs that take longer than expected; more than 50 count as 50.")
QUEUE_OLDEST_SECONDS = Gauge(
    "ingestion_queue_oldest_seconds", "For how long the first job that is due has been.", Unit.SECONDS
)
WORKERS = Gauge(
    "ingestion_workers", "Worker processes that are alive.", label="state", values=("busy", "idle")
)
QUEUE_MESSAGES = Gauge(
    "ingestion_queue_messages",
    "Messages in the queue, by SQS's own count.",
    label="state",
    values=("waiting", "in_flight", "delayed"),
)
DEAD_LETTERS = Gauge("ingestion_dead_letters", "Messages that failed for good.")
SCRAPE_ERROR = Gauge(
    "ingestion_last_scrape_error",
    "1 where what the source knows is missing because it did not answer, else 0.",
    label="source",
    values=get_args(Source),
)

SIGN_INS = Counter(
    "ingestion_sign_ins_total",
    "Passwords that were right, that were wrong, and that nobody looked at because of a pause.",
    label="outcome",
    values=("accepted", "refused", "paused"),
)
ACCESS_REFUSED = Counter(
    "ingestion_access_refused_total",
    "What people asked for and may not do or see, by the permission that they lack.",
    label="permission",
    values=tuple(Permission),
)


@contextmanager
def page(name: str) -> Iterator[None]:
    """Time a page's run, and count an error that ends it. To be stopped or run anew is none."""
    began = time.perf_counter()
    try:
        yield
    except Exception:
        PAGE_ERRORS.add(of=name)
        raise
    finally:
        PAGE_SECONDS.observe(time.perf_counter() - began, of=name)


def arrived(way: Way, size: int) -> None:
    """Count a file of `size` bytes that is stored now."""
    UPLOADS.add(of=way)
    UPLOAD_BYTES.add(size, of=way)


def taken_in(rows: int, seconds: float) -> None:
    """Count a file that was read and checked, so many rows in so many seconds."""
    FILES.add()
    ROWS.add(rows)
    ROWS_PER_SECOND.observe(rows / max(seconds, 1e-6))
