"""Each analyser of `python3 run.py test` finds what it is there for."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from local import analysers
from local.analysers import Check
from local.console import Console
from local.folders import Folders
from tests.compose import PROJECT

ANALYSED = (
    *("Dockerfile", "docker-compose.yml", "infra", "local", "localstack", ".ci", ".github"),
    *("run.py", "pyproject.toml", "requirements", "requirements.txt"),
)

A_KEY = "AKIA" + "Z7GQ2M4LW8XN5RTC"
"""Of the form of AWS' own, and nobody's."""


@pytest.fixture(scope="module")
def environment() -> Path:
    environment = Folders(PROJECT).checks_environment
    if not environment.exists():
        pytest.skip("the analysers are not installed: python3 run.py test, without arguments, installs them")
    return environment


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is analysed."""
    for name in ANALYSED:
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, tmp_path / name)
        else:
            shutil.copy(PROJECT / name, tmp_path / name)
    for name in (".venv", ".venv-aws"):
        (tmp_path / name).symlink_to(PROJECT / name)
    return tmp_path


def passes(project: Path, environment: Path, name: str) -> bool:
    found = analysers.checks(project, environment, project / "log", Console(io.StringIO()))
    check: Check = next(check for check in found if check.name == name)
    if check.missing:
        pytest.skip(f"{name}: {check.missing}")
    return subprocess.run(check.command, cwd=project, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "file", "right", "wrong"),
    [
        ("compose-spec schema", "docker-compose.yml", "read_only: true", "read_only_: true"),
        ("github-workflows schema", ".github/workflows/ci.yml", "timeout-minutes: 90", "timeout-minute: 90"),
        ("hadolint", "Dockerfile", "WORKDIR /app", "WORKDIR app"),
        ("shellcheck", "localstack/init-aws.sh", '"$1"', "$1"),
        ("shellcheck", "infra/release", 'rm -rf "$source"', "rm -rf $source"),
        ("actionlint", ".github/workflows/ci.yml", "github.ref }}", "github.reff }}"),
        ("checkov files", "Dockerfile", "USER 10001:10001", "USER root"),
        ("checkov secrets", "local/aws.py", "import json", f"KEY = '{A_KEY}'"),
        ("bandit", "local/aws.py", "  # nosec B310", ""),
        ("licences product", "pyproject.toml", "MIT;MIT License;", "MIT;"),
        ("checkov infra", "infra/modules/queue/main.tf", "_sse_enabled    = true", "_sse_enabled    = false"),
    ],
)
def test_a_mistake_is_found(
    project: Path, environment: Path, name: str, file: str, right: str, wrong: str
) -> None:
    assert passes(project, environment, name)
    text = (project / file).read_text()
    assert right in text
    (project / file).write_text(text.replace(right, wrong))
    assert not passes(project, environment, name)
