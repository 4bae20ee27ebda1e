"""One way, measured in a process of its own: `python -m benchmarks.child NAME` with its task on stdin.

Started by `benchmarks.ingest`; writes what it cost to stdout, as JSON.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.measuring import Cost, cost_of
from benchmarks.ways import Task, prepared
from ingestion.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent


class WayFailed(Exception):
    """A way did not come to its end. The message is the last line that its process wrote."""


def run(name: str, task: Task, timeout: float) -> Cost:
    """Do a task in a fresh process. Raises WayFailed, also when it takes longer than `timeout` seconds."""
    values = {
        "settings": task.settings.model_dump(),
        "file": str(task.file),
        "lines": str(task.lines),
        "job_id": task.job_id,
        "user_id": task.user_id,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.child", name],
            input=json.dumps(values),
            capture_output=True,
            encoding="utf-8",
            cwd=PROJECT,
            timeout=timeout,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise WayFailed(f"took longer than {timeout:.0f} s") from None
    except subprocess.CalledProcessError as error:
        raise WayFailed((error.stderr.strip().splitlines() or ["no reason given"])[-1]) from None
    return Cost(**json.loads(done.stdout))


def main(name: str) -> None:
    """Read the task, prepare, measure, print."""
    values = json.load(sys.stdin)
    task = Task(
        Settings(**values["settings"]),
        Path(values["file"]),
        Path(values["lines"]),
        values["job_id"],
        values["user_id"],
    )
    print(json.dumps(asdict(cost_of(prepared(name, task)))))


if __name__ == "__main__":
    main(sys.argv[1])
