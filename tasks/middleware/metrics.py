"""Measuring what worker processes do: for Prometheus, by a process that serves it, and for CloudWatch."""

import hashlib
import multiprocessing
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg2
from dramatiq import Broker, Middleware, Worker

from db.engine import make_engine, make_sessions
from db.leadership import Leadership
from ingestion.queue import make_queue
from ingestion.settings import Settings, load_settings
from ingestion.telemetry import instruments, outlets, process, prometheus, readings
from ingestion.telemetry.emf import SECONDS_BETWEEN_LINES
from ingestion.telemetry.logs import get_logger
from tasks.health import is_running
from tasks.middleware.periodic import Periodically

logger = get_logger(__name__)

_FOLDERS = "ingestion-metrics-"
_UNTIL_AGAIN = 5.0
"""Seconds until a port that is in use is tried again: a worker that was killed may hold it for a moment."""


class Metrics(Middleware):
    """Measures in each worker process, and has dramatiq's master start one more that serves the sum of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def forks(self) -> list[Any]:
        """What the master runs beside the workers."""
        return [serve] if self._settings.worker_metrics_port else []

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Begin to measure."""
        outlets.use(self._settings, "worker", _shared() if self._settings.worker_metrics_port else None)
        if self._settings.metrics_namespace:
            self._report_every_minute()

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:  # noqa: ARG002
        """Write what was not written yet."""
        instruments.flush()

    def _report_every_minute(self) -> None:
        from tasks.resources import engine, queue, sessions  # they need the broker first

        leadership = Leadership(engine())
        gauges = readings.of_installation(sessions(), queue, self._settings)

        def report() -> None:
            if _leads(leadership):
                gauges.report()

        Periodically(SECONDS_BETWEEN_LINES, report, "metrics").start()


def serve() -> int:
    """Serve the metrics of all worker processes of this master until it ends. Runs in a process of its own.

    Nobody misses it but Prometheus: workers go on when it ends.
    """
    settings = load_settings()
    process.start(settings, "worker")
    master = multiprocessing.parent_process()
    if master is None or settings.worker_metrics_port is None:
        raise RuntimeError("This is for dramatiq's master to start, where WORKER_METRICS_PORT is set.")
    folder = _folder()
    _remove_abandoned()
    try:
        _serve(settings, settings.worker_metrics_port, folder, master)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _serve(settings: Settings, port: int, folder: Path, master: Any) -> None:
    from prometheus_client import start_http_server

    registry = prometheus.shared(folder)
    sessions = make_sessions(make_engine(settings.database_url))
    queue = make_queue(settings)
    registry.register(prometheus.StateCollector(readings.of_installation(sessions, lambda: queue, settings)))
    address = settings.worker_metrics_address
    while master.is_alive():
        try:
            start_http_server(port, address, registry)
        except OSError as error:
            logger.error("metrics_port_taken", address=address, port=port, error=str(error))
            master.join(_UNTIL_AGAIN)
        else:
            logger.info("metrics_served", address=address, port=port)
            master.join()


def _leads(leadership: Leadership) -> bool:
    try:
        return leadership.is_ours()
    except psycopg2.Error:
        # Then each says what still answers, and that the database does not. Gauges are not added up.
        return True


def _shared() -> prometheus.Prometheus | None:
    try:
        return prometheus.share_in(_folder())
    except OSError:
        logger.exception("metrics_not_kept", folder=str(_folder()))
        return None


def _folder() -> Path:
    """Where the processes of one master share their values: named by the secret that only they share."""
    secret = bytes(multiprocessing.current_process().authkey)
    name = f"{_FOLDERS}{_master_pid()}-{hashlib.sha256(secret).hexdigest()[:16]}"
    return Path(tempfile.gettempdir(), name)


def _master_pid() -> int | None:
    master = multiprocessing.parent_process()
    return None if master is None else master.pid


def _remove_abandoned() -> None:
    """Remove what masters left that were killed with all their processes."""
    ours = _folder()
    for folder in ours.parent.glob(f"{_FOLDERS}*-*"):
        pid = folder.name.removeprefix(_FOLDERS).split("-")[0]
        # In a container every master has the same number.
        if folder != ours and pid.isdecimal() and (int(pid) == _master_pid() or not is_running(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)
