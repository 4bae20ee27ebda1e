"""Metrics for CloudWatch, as lines of the log in its embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import atexit
import os
import threading
import time
from collections.abc import Callable

import orjson

from ingestion.telemetry.instruments import Counter, Gauge, Metric

SECONDS_BETWEEN_LINES = 60.0
MOST_VALUES = 100
"""In one line, by the specification (target members)."""
_DIGITS = 6
_STDOUT = 1


def _to_stdout(line: bytes) -> None:
    # Not sys.stdout, which in a worker is a pipe to its master that threads must not share. What a metric has
    # to say in a minute is less than what a pipe takes at once (4 KiB), so lines of processes do not mix.
    os.write(_STDOUT, line)


class EmbeddedMetrics:
    """Gathers values and writes a line for each metric and label once a minute, or sooner for 100 values.

    A counter's line has what was counted since the last one, a distribution's each value. A gauge's is
    written at once: it is about this moment. `service` tells the processes apart in the log; it is no
    dimension, so that their values add up.
    """

    def __init__(self, namespace: str, service: str, write: Callable[[bytes], object] = _to_stdout) -> None:
        self._namespace = namespace
        self._service = service
        self._write = write
        self._gathered: dict[tuple[Metric, str], list[float]] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Write every minute and at the process's end, from now on."""
        atexit.register(self.flush)
        threading.Thread(target=self._every_minute, name="metrics", daemon=True).start()

    def record(self, metric: Metric, value: float, of: str) -> None:
        """Take one value."""
        if isinstance(metric, Gauge):
            self._say(metric, of, [value])
            return
        with self._lock:
            values = self._gathered.setdefault((metric, of), [])
            if isinstance(metric, Counter) and values:
                values[0] += value
            else:
                values.append(value)
            is_full = len(values) == MOST_VALUES
            if is_full:
                del self._gathered[metric, of]
        if is_full:
            self._say(metric, of, values)

    def flush(self) -> None:
        """Write what was gathered."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
        for (metric, of), values in gathered.items():
            self._say(metric, of, values)

    def _every_minute(self) -> None:
        while True:
            time.sleep(SECONDS_BETWEEN_LINES)
            self.flush()

    def _say(self, metric: Metric, of: str, values: list[float]) -> None:
        rounded = [round(value, _DIGITS) for value in values]
        line = {
            "_aws": {
                "Timestamp": int(time.time() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": self._namespace,
                        "Dimensions": _dimensions(metric),
                        "Metrics": [{"Name": metric.cloudwatch_name, "Unit": metric.unit}],
                    }
                ],
            },
            "service": self._service,
            **({metric.dimension: of} if metric.label else {}),
            metric.cloudwatch_name: rounded[0] if len(rounded) == 1 else rounded,
        }
        try:
            self._write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        except OSError:  # nobody reads the log any more
            return


def _dimensions(metric: Metric) -> list[list[str]]:
    """By what CloudWatch tells values apart; a counter comes whole too, because an alarm cannot add up."""
    if not metric.label:
        return [[]]
    return [[], [metric.dimension]] if isinstance(metric, Counter) else [[metric.dimension]]
