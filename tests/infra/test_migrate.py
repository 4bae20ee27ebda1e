"""infra/migrate.sh: what it asks of AWS, by programs in the place of `terraform` and `aws` that note it."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "infra" / "migrate.sh"

_TERRAFORM = """#!/bin/sh
echo "the $3"
"""
_AWS = """#!/bin/sh
printf '%s|' "$@" >> "$CALLS"; echo >> "$CALLS"
case "$2" in
  run-task) echo the-task ;;
  describe-tasks) echo "$EXIT_CODE" ;;
esac
"""


def _migrate(folder: Path, exit_code: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    for name, text in {"terraform": _TERRAFORM, "aws": _AWS}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    calls = folder / "calls"
    ended = subprocess.run(
        [SCRIPT],
        env={
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(calls),
            "EXIT_CODE": exit_code,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return ended, [line.rstrip("|").split("|") for line in calls.read_text().splitlines()]


def test_one_task_migrates_and_is_waited_for(tmp_path: Path) -> None:
    ended, calls = _migrate(tmp_path, "0")

    assert ended.returncode == 0, ended.stderr
    assert [call[:2] for call in calls] == [["ecs", "run-task"], ["ecs", "wait"], ["ecs", "describe-tasks"]]
    run = dict(zip(calls[0][2::2], calls[0][3::2], strict=True))
    assert run["--cluster"] == "the cluster_name"
    assert run["--launch-type"] == "FARGATE"
    assert run["--task-definition"] == "the migration_task"
    assert run["--network-configuration"] == "the migration_network"
    assert calls[1][2:] == ["tasks-stopped", "--cluster", "the cluster_name", "--tasks", "the-task"]


@pytest.mark.parametrize("exit_code", ["1", "None"])
def test_a_migration_that_fails_or_never_began_is_no_success(tmp_path: Path, exit_code: str) -> None:
    ended, _ = _migrate(tmp_path, exit_code)

    assert ended.returncode == 1
    assert f"ended with {exit_code}" in ended.stderr
    assert "the migration_log_group" in ended.stderr
