"""python3 run.py test: what CI runs. Standard library only."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from local import analysers
from local.analysers import Check
from local.console import Console
from local.environments import python_of
from local.folders import Folders

_PROCESSES = min((os.cpu_count() or 1) + 1, 4)
SIDE_BY_SIDE = ["-n", str(_PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
"""Most tests wait for a server or a browser. Those of a file share theirs."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)


def find_browser(environment: Path) -> Path | None:
    """A Chromium: one on PATH, or the one that Playwright downloaded before."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    asked = subprocess.run(
        [python_of(environment), "-c", _PLAYWRIGHTS_OWN], capture_output=True, text=True, check=False
    )
    path = Path(asked.stdout.strip() or "/nonexistent")
    return path if path.is_file() else None


def ensure_browser(environment: Path, log: Path, console: Console) -> Path | None:
    """A Chromium, installed where there is none; None, and a line that says so, where that is impossible."""
    if browser := find_browser(environment):
        return browser
    with console.step("Chromium") as step:
        step.progress("installing")
        for command in _installations(environment):
            with log.open("ab") as file:
                code = subprocess.run(command, stdout=file, stderr=file, check=False).returncode
            if code == 0 and (browser := find_browser(environment)):
                step.result = str(browser)
                return browser
        step.result = f"missing: browser tests are skipped. Install chromium to run them (log: {log})"
    return None


def _installations(environment: Path) -> list[list[str]]:
    """The ways to install a Chromium here, the best first."""
    download = [str(python_of(environment)), "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q"]
        return [[*quiet, "--no-install-recommends", "chromium"], download]
    return [download]


def run(folders: Folders, pytest_arguments: Sequence[str], console: Console) -> int:
    """Run every check, or only pytest where it is given arguments; 0 when none failed.

    The environments are there already; that of the analysers only where they run.
    """
    environment, log = folders.environment, folders.log("setup")
    browser = ensure_browser(environment, log, console)
    variables = dict(os.environ)
    variables["PATH"] = f"{environment / 'bin'}{os.pathsep}{variables.get('PATH', os.defpath)}"
    if browser:
        variables["CHROMIUM"] = str(browser)
    python = str(python_of(environment))
    outcomes = []
    if not pytest_arguments:
        analysing = [
            Check("ruff check", [python, "-m", "ruff", "check", "."]),
            Check("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
            Check("mypy", [python, "-m", "mypy", "."]),
            Check("lint-imports", [str(environment / "bin" / "lint-imports")]),
            Check("documentation", [python, "-m", "documentation", "site"]),
            *analysers.checks(folders.project, folders.checks_environment, log, console),
        ]
        outcomes += _run_side_by_side(analysing, folders.project, variables, console)
    testing = Check("pytest", [python, "-m", "pytest", *(pytest_arguments or SIDE_BY_SIDE)])
    console.heading(f"== {testing.name}")
    outcomes.append(_run_one(testing, folders.project, variables, None))
    console.line("")
    for line, _ in outcomes:
        console.line(line)
    return 0 if all(passed for _, passed in outcomes) else 1


def _run_side_by_side(
    checks: Sequence[Check], project: Path, variables: Mapping[str, str], console: Console
) -> list[tuple[str, bool]]:
    """Run checks of one process each on all processors, and show what each said once it has ended."""

    def run(check: Check) -> tuple[str, tuple[str, bool]]:
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            outcome = _run_one(check, project, variables, said)
            said.seek(0)
            return said.read(), outcome

    outcomes = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for check, (said, outcome) in zip(checks, pool.map(run, checks), strict=True):
            console.heading(f"== {check.name}")
            if said:
                console.line(said.rstrip())
            outcomes.append(outcome)
    return outcomes


def _run_one(
    check: Check, project: Path, variables: Mapping[str, str], output: IO[str] | None
) -> tuple[str, bool]:
    """Run one check, whose output goes to a file or to the terminal.

    A line for the summary, and whether it did not fail.
    """
    if check.missing:
        return f"{check.name:<24} SKIPPED: to run it, {check.missing}", True
    began = time.monotonic()
    code = subprocess.run(
        check.command, cwd=project, env=variables, stdout=output, stderr=output, check=False
    ).returncode
    outcome = "passed" if code == 0 else f"FAILED ({code})"
    return f"{check.name:<24} {outcome:<12} {time.monotonic() - began:7.1f} s", code == 0
