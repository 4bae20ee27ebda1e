"""Whether blocks of data can be read."""

import csv
import json
import re
import shutil
import subprocess
import tomllib
from functools import cache

import yaml  # type: ignore[import-untyped]  # comes with myst-parser
from dotenv import dotenv_values

from documentation.problems import ROOT

Said = list[tuple[int, str]]
_CHANGED = re.compile(r"^\+\+\+ b/(\S+)$", re.MULTILINE)
_OF_DIFFS = frozenset({" ", "+", "-", "@", ""})
_VARIABLE = re.compile(r"(?:export )?([A-Z][A-Z0-9_]*)=")


def json_problems(text: str) -> Said:
    """One value, or one a line."""
    whole = _json_error(text)
    if whole is None:
        return []
    lines = [line for line in text.splitlines() if line.strip()]
    return [whole] if len(lines) < 2 or any(_json_error(line) for line in lines) else []


def yaml_problems(text: str) -> Said:
    """One document or several."""
    try:
        list(yaml.safe_load_all(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return [(mark.line if mark else 0, str(error.problem))]
    return []


def toml_problems(text: str) -> Said:
    """One document."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [(0, str(error))]
    return []


def csv_problems(text: str) -> Said:
    """Anything that the csv module reads without a complaint."""
    try:
        list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        return [(0, str(error))]
    return []


def diff_problems(text: str) -> Said:
    """A unified diff of files by their paths in the repository."""
    if not _CHANGED.search(text):
        return [(0, "names no file that it changes: a line +++ b/PATH")]
    lines = enumerate(text.splitlines())
    return [(number, "no line of a unified diff") for number, line in lines if line[:1] not in _OF_DIFFS]


def made_by(diff: str) -> list[str]:
    """The files that a unified diff makes or changes."""
    return _CHANGED.findall(diff)


def ini_problems(text: str) -> Said:
    """Lines of an `.env` file. Variables are those of `.env.example`, and OpenTelemetry's own."""
    wrong = []
    for number, line in enumerate(text.splitlines()):
        found = _VARIABLE.match(line)
        if not found and line.strip() and not line.startswith("#"):
            wrong.append((number, f"{line}: not NAME=value"))
        elif found and found[1] not in _variables() and not found[1].startswith("OTEL_"):
            wrong.append((number, f".env.example has no {found[1]}"))
    return wrong


def hcl_problems(text: str) -> Said:
    """What terraform can read; without terraform on PATH nobody is asked."""
    terraform = shutil.which("terraform")
    if not terraform:
        return []
    done = subprocess.run([terraform, "fmt", "-"], input=text, capture_output=True, text=True, check=False)
    return [(0, " ".join(done.stderr.split()))] if done.returncode else []


@cache
def _variables() -> frozenset[str]:
    return frozenset(dotenv_values(ROOT / ".env.example", interpolate=False))


def _json_error(text: str) -> tuple[int, str] | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno - 1, error.msg
    return None
