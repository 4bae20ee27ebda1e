"""What a piece of work costs the process that does it."""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


@dataclass(frozen=True)
class Cost:
    """Seconds and bytes. Idle is the process ready to begin, everything imported and connected."""

    wall: float
    cpu: float
    """User and system, all threads of the client."""
    idle_bytes: int
    peak_bytes: int

    @property
    def rise_bytes(self) -> int:
        """Memory beyond what the idle process has."""
        return max(self.peak_bytes - self.idle_bytes, 0)


def cost_of(work: Callable[[], object]) -> Cost:
    """Do the work once in this process."""
    idle = _forget_peak()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    work()
    wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
    return Cost(wall, cpu, idle, _peak())


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _forget_peak() -> int:
    """Resident memory now, from which on the peak counts (Linux; elsewhere the peak so far)."""
    if not _CLEAR.exists():
        return _peak()
    _CLEAR.write_text(_RESET_PEAK)
    return _status("VmRSS")


def _peak() -> int:
    # Not ru_maxrss where it can be helped: Linux hands the parent's down to a child across fork and exec.
    if _STATUS.exists():
        return _status("VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _status(name: str) -> int:
    """A line of proc(5)'s status, in bytes."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024
