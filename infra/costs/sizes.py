"""How much there is to do at three sizes, and what is switched on for it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """How much there is to do, and what is switched on for it."""

    name: str
    operators: int
    rows_a_day: int
    rows_a_file: int
    kept_days: int
    """RETENTION_DAYS: so long are rows and files kept."""
    dashboards: int
    workers: int
    """Tasks, on average over the month."""
    task_cpu: float
    """vCPU of each task."""
    task_memory: float
    """GB of each task."""
    worker_processes: int
    """Of each task."""
    database: str
    zones: int
    """1: no standby, and one NAT gateway. 2: both in each zone."""
    backup_days: int
    """So far back the database can be recovered to."""
    log_gigabytes: float
    """A month: of the processes, the network's flow log, Container Insights."""
    log_days: int
    """So long are they kept."""
    metrics: int
    """Our own, and those of Container Insights."""
    alarms: int


SMALL = Size(
    name="small",
    operators=2,
    rows_a_day=50_000,
    rows_a_file=10_000,
    kept_days=30,
    dashboards=1,
    workers=1,
    task_cpu=0.5,
    task_memory=1,
    worker_processes=1,
    database="db.t4g.small",
    zones=1,
    backup_days=7,
    log_gigabytes=1,
    log_days=30,
    metrics=100,
    alarms=12,
)
"""Staging."""
MEDIUM = Size(
    name="medium",
    operators=10,
    rows_a_day=1_000_000,
    rows_a_file=40_000,
    kept_days=90,
    dashboards=2,
    workers=1,
    task_cpu=1,
    task_memory=2,
    worker_processes=2,
    database="db.m7g.large",
    zones=2,
    backup_days=14,
    log_gigabytes=5,
    log_days=365,
    metrics=100,
    alarms=12,
)
"""Production as infra/product has it where nothing is said."""
LARGE = replace(
    MEDIUM,
    name="large",
    operators=100,
    rows_a_day=20_000_000,
    rows_a_file=100_000,
    dashboards=4,
    workers=2,
    database="db.r7g.xlarge",
    log_gigabytes=40,
)
HUGE = replace(
    MEDIUM,
    name="on paper",
    operators=1_000,
    rows_a_day=11_000_000,
    rows_a_file=1_000,
    dashboards=20,
    workers=3,
    database="db.r7g.2xlarge",
    log_gigabytes=300,
)
"""docs/scaling.md: a billion rows in 90 days."""
SIZES = (SMALL, MEDIUM, LARGE, HUGE)

SAVINGS = {
    "db.t4g.medium instead of db.m7g.large": replace(MEDIUM, database="db.t4g.medium"),
    "no standby, one NAT gateway: a lost zone means a restore": replace(MEDIUM, zones=1),
    "tasks of half the size": replace(MEDIUM, task_cpu=0.5, task_memory=1, worker_processes=1),
    "rows and files kept for 30 days": replace(MEDIUM, kept_days=30),
}
"""What may be turned down in production, each by itself."""
