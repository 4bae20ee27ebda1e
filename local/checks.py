"""python3 run.py test: what CI runs. Standard library only."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.console import Console
from local.environments import python_of

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


def run(
    project: Path, environment: Path, pytest_arguments: Sequence[str], log: Path, console: Console
) -> int:
    """Run every check, or only pytest where it is given arguments; 0 when all passed."""
    browser = ensure_browser(environment, log, console)
    variables = dict(os.environ)
    variables["PATH"] = f"{environment / 'bin'}{os.pathsep}{variables.get('PATH', os.defpath)}"
    if browser:
        variables["CHROMIUM"] = str(browser)
    python = str(python_of(environment))
    checks = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy", "."],
        "lint-imports": [str(environment / "bin" / "lint-imports")],
        "pytest": [python, "-m", "pytest"],
    }
    if pytest_arguments:
        checks = {"pytest": [*checks["pytest"], *pytest_arguments]}
    outcomes = [_run_one(name, command, project, variables, console) for name, command in checks.items()]
    console.line("")
    for line, _ in outcomes:
        console.line(line)
    return 0 if all(passed for _, passed in outcomes) else 1


def _run_one(
    name: str, command: Sequence[str], project: Path, variables: Mapping[str, str], console: Console
) -> tuple[str, bool]:
    """Run one check with its output on the terminal; a line for the summary, and whether it passed."""
    console.heading(f"== {name}")
    began = time.monotonic()
    code = subprocess.run(command, cwd=project, env=variables, check=False).returncode
    outcome = "passed" if code == 0 else f"FAILED ({code})"
    return f"{name:<14} {outcome:<12} {time.monotonic() - began:7.1f} s", code == 0
