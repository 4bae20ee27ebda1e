"""The Python environments: created on first use, and again only when their requirements changed.

Standard library only: this runs before there is an environment.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local import installers
from local.console import Console, Step
from local.errors import StackError

LINE_WIDTH = 80

_DOING = re.compile(
    r"^\s*(Collecting|Downloading|Building|Installing|Using cached|Resolved|Prepared|Installed)\b.*"
)
_CAUSES = (
    ("No space left on device", "the disk is full"),
    ("Temporary failure in name resolution", "the package index cannot be reached: is there a connection?"),
    ("Failed to establish a new connection", "the package index cannot be reached: is there a connection?"),
    ("CERTIFICATE_VERIFY_FAILED", "the package index's certificate is not trusted here"),
    ("Permission denied", "no permission to write into the environment"),
)


def fingerprint(requirements: Path) -> str:
    """A hash of what `requirements` asks for."""
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def is_current(environment: Path, requirements: Path) -> bool:
    """Whether `environment` works and holds what `requirements` asks for."""
    stamp = _stamp(environment, requirements)
    return stamp.exists() and stamp.read_text() == fingerprint(requirements) and _works(environment)


def ensure(environment: Path, requirements: Path, log: Path, console: Console) -> None:
    """Make `environment` hold what `requirements` asks for; at once where it does already.

    Raises StackError with the cause on one line; what the installers wrote is in `log`.
    """
    if is_current(environment, requirements):
        return
    with _alone(log.with_name("setup.lock")), console.step("Packages") as step:
        if not _works(environment):
            step.progress(f"creating {environment.name}")
            _create(environment, log)
        stamp = _stamp(environment, requirements)
        stamp.unlink(missing_ok=True)
        _install(environment, requirements, log, step)
        stamp.write_text(fingerprint(requirements))
        step.result = f"{requirements.name} in {environment.name}"


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / "bin" / "python"


def cause_of(output: str) -> str:
    """The cause of a failed venv or installation, from what it wrote."""
    for sign, cause in _CAUSES:
        if sign in output:
            return cause
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["it gave no reason"])[-1]


def _stamp(environment: Path, requirements: Path) -> Path:
    return environment / f".installed-{requirements.name}"


def _works(environment: Path) -> bool:
    """Whether the environment has a working interpreter with pip: not after an interrupted creation."""
    python = python_of(environment)
    if not python.exists():
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _create(environment: Path, log: Path) -> None:
    if environment.is_symlink():
        raise StackError(f"{environment} is a link to an environment that does not work: remove it.")
    shutil.rmtree(environment, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(environment)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    with log.open("a") as file:
        file.write(made.stdout)
    if made.returncode != 0:
        if "ensurepip" in made.stdout or "No module named venv" in made.stdout:
            cause = "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"
        else:
            cause = cause_of(made.stdout)
        raise StackError(f"{environment.name} cannot be created: {cause} (log: {log})")


def _install(environment: Path, requirements: Path, log: Path, step: Step) -> None:
    code, output = 1, ""
    for command in installers.commands(python_of(environment), requirements):
        code, output = _run(command, log, step)
        if code == 0:
            return
    raise StackError(f"Packages cannot be installed: {cause_of(output)} (log: {log})")


def _run(command: Sequence[str], log: Path, step: Step) -> tuple[int, str]:
    """Run an installer; its exit code and what it wrote."""
    output: list[str] = []
    with log.open("a") as file:
        installer = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert installer.stdout is not None
        try:
            for line in installer.stdout:
                file.write(line)
                output.append(line)
                if _DOING.match(line):
                    step.progress(line.split("(from")[0].strip()[:LINE_WIDTH])
        finally:
            installer.stdout.close()
            code = installer.wait()
    return code, "".join(output)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One setup at a time; the kernel gives the lock back however this process ends."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise StackError("Another run.py is installing packages: wait for it.") from None
    finally:
        os.close(descriptor)
