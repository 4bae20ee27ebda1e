"""The plain commands that the product consists of: the very same as in docker-compose.yml."""

import sys

from local.ports import LOOPBACK

WORKER_SHUTDOWN_MS = "3600000"
"""Dramatiq's own limit is out of the way: by SHUTDOWN_SECONDS a worker has handed back what it works on."""

MIGRATE = [sys.executable, "-m", "alembic", "upgrade", "head"]
REQUEUE = [sys.executable, "-m", "tasks.requeue"]
BACKUP = [sys.executable, "-m", "ingestion.backup"]
USERS = [sys.executable, "-m", "ingestion.users"]
JUPYTERLAB = [
    *(sys.executable, "-m", "jupyterlab"),
    *("--ServerApp.ip", LOOPBACK, "--ServerApp.root_dir", "notebooks"),
]
EXECUTE_NOTEBOOKS = [sys.executable, "-m", "notebooks.execute"]
COMMAND_LINE = [sys.executable, "-P", "-m", "cli"]
"""-P: it runs where the person stands, and what lies there is no part of it."""


def worker(worker_processes: str) -> list[str]:
    """The Dramatiq workers. One thread each: parsing is bound to the processor, not to waiting."""
    return [
        *(sys.executable, "-m", "tasks"),
        *("--processes", worker_processes, "--threads", "1"),
        *("--worker-shutdown-timeout", WORKER_SHUTDOWN_MS),
    ]


def dashboard(port: int) -> list[str]:
    """The dashboard on 127.0.0.1."""
    return [
        *(sys.executable, "-m", "streamlit", "run", "dashboard/asgi.py"),
        *("--server.address", LOOPBACK, "--server.port", str(port), "--server.headless", "true"),
    ]
