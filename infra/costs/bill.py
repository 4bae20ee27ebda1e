"""What is used in a month, and what that costs. What is measured is said where it stands."""

from dataclasses import dataclass

from infra.costs.prices import PRICES
from infra.costs.sizes import Size

HOURS = 730
"""Of a month."""
DAYS = 30
GIGABYTE = 1e9

FILE_BYTES_A_ROW = 122
"""Of the generator's files; benchmarks.sizes."""
DATABASE_BYTES_A_ROW = 652
"""Of a row of a file once its contacts are made, with all tables and indexes; benchmarks.sizes."""
LOG_BYTES_A_ROW = 883
"""Write-ahead log of processing, review and contacts; benchmarks.sizes."""
CONTACT_BYTES_A_ROW = 110
"""Of a row of a file, in the CSV that is downloaded; somewhat less than the file has."""
STORAGE_HEADROOM = 1.5
"""A database that is full stops: so much more is bought than is used."""
LAMBDA_ROWS_A_SECOND = 40_000
"""A third of what a worker was measured to do on two slow cores: 1,024 MB are 0.58 of a core."""
STANDARD_DAYS = 30
"""Files older than this are in Standard-IA, and past IA_UNTIL_DAYS in Glacier Instant Retrieval."""
IA_UNTIL_DAYS = 90


_LEAST_STORAGE = 20
"""GB: RDS sells no less."""
_WORKING_DAYS = 22
_PAGES_A_DAY = 4 * 60 * 60 / 6
"""Of an operator: four hours, one every 6 seconds (docs/load.md)."""
_PAGE_BYTES = 30_000
_SQS_REQUESTS_A_JOB = 10
"""Two messages sent, received and deleted, their visibility extended, the queue's depth looked at."""
_WAIT_SECONDS = 10
"""SQS_WAIT_SECONDS: an idle worker process asks so often."""


@dataclass(frozen=True)
class Line:
    """A line of the bill."""

    group: str
    price: str
    quantity: float

    @property
    def dollars(self) -> float:
        """A month."""
        return self.quantity * PRICES[self.price].dollars


def stored_gigabytes(size: Size, bytes_a_row: int, days: float | None = None) -> float:
    """What lies there once so many days have come in."""
    return size.rows_a_day * (size.kept_days if days is None else days) * bytes_a_row / GIGABYTE


def bill(size: Size) -> list[Line]:
    """What is used in a month, at a size, once the time is reached for which rows are kept."""
    return [*_processes(size), *_network(size), *_database(size), *_files(size), *_queue(size), *_seen(size)]


def _processes(size: Size) -> list[Line]:
    tasks = size.dashboards + size.workers
    return [
        Line("tasks", "Fargate vCPU", tasks * size.task_cpu * HOURS),
        Line("tasks", "Fargate memory", tasks * size.task_memory * HOURS),
        Line("tasks", "Images (ECR)", 5),
    ]


def _network(size: Size) -> list[Line]:
    pages = size.operators * _PAGES_A_DAY * _WORKING_DAYS
    downloads = stored_gigabytes(size, CONTACT_BYTES_A_ROW, DAYS)
    to_people = pages * _PAGE_BYTES / GIGABYTE + downloads
    to_database = stored_gigabytes(size, DATABASE_BYTES_A_ROW, DAYS)
    return [
        Line("network", "Load balancer", HOURS),
        Line("network", "Load balancer capacity", HOURS * max(0.1, size.operators / 100)),
        Line("network", "NAT gateway", size.zones * HOURS),
        Line("network", "NAT gateway data", 5 + size.log_gigabytes),
        Line("network", "Public IPv4 address", (2 + size.zones) * HOURS),
        Line("network", "Data to the internet", to_people),
        Line("network", "Data between zones", (size.zones - 1) * 0.5 * to_database),
    ]


def _database(size: Size) -> list[Line]:
    return [
        Line("database", size.database, size.zones * HOURS),
        Line("database", "Database storage (gp3)", size.zones * database_storage(size)),
        Line("database", "Backup storage", _backup(size)),
    ]


def database_storage(size: Size) -> float:
    """GB to buy, in steps of 20."""
    needed = STORAGE_HEADROOM * stored_gigabytes(size, DATABASE_BYTES_A_ROW)
    return max(_LEAST_STORAGE, -(-needed // 20) * 20)


def _backup(size: Size) -> float:
    """GB beyond those that are free: the first snapshot, and what was written since, pages and log."""
    kept = stored_gigabytes(size, DATABASE_BYTES_A_ROW)
    written = stored_gigabytes(size, DATABASE_BYTES_A_ROW + LOG_BYTES_A_ROW, size.backup_days)
    return max(0, kept + written - database_storage(size))


def _files(size: Size) -> list[Line]:
    files = size.rows_a_day / size.rows_a_file * DAYS
    days = {
        "S3 Standard": min(size.kept_days, STANDARD_DAYS),
        "S3 Standard-IA": max(0, min(size.kept_days, IA_UNTIL_DAYS) - STANDARD_DAYS),
        "S3 Glacier Instant Retrieval": max(0, size.kept_days - IA_UNTIL_DAYS),
    }
    return [
        *(Line("files", name, stored_gigabytes(size, FILE_BYTES_A_ROW, kept)) for name, kept in days.items()),
        Line("files", "S3 writes", files),
        Line("files", "S3 reads", 3 * files),
        Line("files", "S3 moves to IA", files if size.kept_days > STANDARD_DAYS else 0),
    ]


def idle_requests(processes: int) -> float:
    """How often idle worker processes ask the queue in a month."""
    return processes * DAYS * 86_400 / _WAIT_SECONDS


def _queue(size: Size) -> list[Line]:
    jobs = size.rows_a_day / size.rows_a_file * DAYS
    asked = idle_requests(size.workers * size.worker_processes)
    return [Line("queue", "SQS", asked + jobs * _SQS_REQUESTS_A_JOB)]


def _seen(size: Size) -> list[Line]:
    pages = size.operators * _PAGES_A_DAY * _WORKING_DAYS
    return [
        Line("seen and kept secret", "Logs taken in", size.log_gigabytes),
        Line("seen and kept secret", "Logs kept", size.log_gigabytes * size.log_days / DAYS),
        Line("seen and kept secret", "CloudWatch metric", size.metrics),
        Line("seen and kept secret", "CloudWatch alarm", size.alarms),
        Line("seen and kept secret", "CloudWatch dashboard", 1),
        Line("seen and kept secret", "X-Ray trace", 0.05 * pages),
        Line("seen and kept secret", "Secret", 2),
        Line("seen and kept secret", "KMS key", 1),
    ]


def total(size: Size) -> float:
    """Dollars a month."""
    return sum(line.dollars for line in bill(size))


def task_dollars(size: Size) -> float:
    """One task, a month."""
    cpu, memory = PRICES["Fargate vCPU"].dollars, PRICES["Fargate memory"].dollars
    return HOURS * (size.task_cpu * cpu + size.task_memory * memory)


def lambda_dollars(rows: float, jobs: float) -> float:
    """For so many rows in so many jobs, one second each beside the work, in a function of 1,024 MB."""
    seconds = rows / LAMBDA_ROWS_A_SECOND + jobs
    return seconds * PRICES["Lambda"].dollars + jobs * PRICES["Lambda request"].dollars


def break_even_hours(size: Size) -> float:
    """For so many hours of work a month a function of 1,024 MB costs as much as one worker task."""
    return task_dollars(size) / (3600 * PRICES["Lambda"].dollars)
