"""The environment variables that the product's processes get from the embedded stack."""

from collections.abc import Mapping
from pathlib import Path

from local import processes
from local.aws import VISIBILITY_SECONDS, AwsAccess

DATABASE = "ingestion_db"
DEFAULTS = {
    "S3_BUCKET_NAME": "data-ingestion-bucket",
    "SQS_QUEUE_NAME": "data-ingestion-queue",
    "WORKER_PROCESSES": "2",
    # A worker waits out its poll before it stops: here that is Ctrl-C, and asking more often costs nothing.
    "SQS_WAIT_SECONDS": "2",
    # So is what a worker works on: it is handed back soon, and goes on at the next start.
    "SHUTDOWN_SECONDS": "10",
}

_ELSEWHERE = frozenset({"DATABASE_URL", "SQS_DEAD_LETTER_QUEUE_NAME", "SQS_LARGE_FILE_QUEUE_NAME"})
_NAMES = frozenset({"S3_BUCKET_NAME", "SQS_QUEUE_NAME"})


def product_environment(
    inherited: Mapping[str, str],
    dotenv: Mapping[str, str | None],
    database_url: str,
    aws: AwsAccess,
    folder: Path,
) -> dict[str, str]:
    """What the worker, the dashboard and the migration run with.

    The launcher's own environment wins over `.env`, which wins over the defaults. Where the database, S3 and
    SQS are is the embedded stack's to say: variables that point elsewhere, such as DATABASE_URL or AWS_…, are
    left out, so that a machine set up for the real AWS never mixes with local data. `folder` is `.local`.
    """
    chosen = {name: value for name, value in dotenv.items() if value}
    chosen |= inherited
    own = {name: value for name, value in chosen.items() if not _is_an_address(name)}
    return {
        **DEFAULTS,
        **own,
        **aws.environment(),
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
        processes.MARKER: str(folder),
    }


def addresses_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Of the product's variables, those that say where database, bucket and queue are."""
    return {name: value for name, value in environment.items() if _is_an_address(name) or name in _NAMES}


def environment_over(inherited: Mapping[str, str], addresses: Mapping[str, str]) -> dict[str, str]:
    """What a command of the product runs with that works on what another launcher runs."""
    return {name: value for name, value in inherited.items() if not _is_an_address(name)} | dict(addresses)


def visibility_of(environment: Mapping[str, str]) -> int:
    """How long, in seconds, the queue hides a message that a worker took."""
    given = environment.get("VISIBILITY_TIMEOUT_SECONDS", "")
    return int(given) if given.isdecimal() else VISIBILITY_SECONDS


def shutdown_of(environment: Mapping[str, str]) -> float:
    """How long, in seconds, a worker may take to stop. ECS grants 30 by default."""
    given = environment.get("SHUTDOWN_SECONDS", "")
    return float(given) if given.isdecimal() else 30.0


def _is_an_address(name: str) -> bool:
    return name in _ELSEWHERE or name.startswith("AWS_")
