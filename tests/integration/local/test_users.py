"""python3 run.py users, in a copy of the project, as processes of their own."""

import json
import signal
import subprocess
from pathlib import Path

from tests.launcher import Launcher, copy_of_project, run_to_its_end


def users(project: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run_to_its_end(project, "users", *arguments, typed=typed)


def test_accounts_are_made_in_the_database_that_runs_by_the_settings_of_the_project(tmp_path: Path) -> None:
    adding = ("add", "ana@example.com", "--first-name", "Ana", "--last-name", "L")
    with copy_of_project(tmp_path) as project:
        too_early = users(project, *adding, "--link")
        assert too_early.returncode == 1
        assert "Start it with python3 run.py" in too_early.stdout + too_early.stderr

        (project / ".env").write_text("REGISTRATION=closed\n")
        launcher = Launcher(project)
        address = launcher.address()

        assert users(project, *adding, "--password-stdin", typed="a new one for the door\n").returncode == 0
        [ana] = json.loads(users(project, "list", "--json").stdout)
        assert (ana["email"], ana["role"]) == ("ana@example.com", "administrator")
        assert users(project, "reset", "ana@example.com").stdout.startswith(f"{address}/?reset=")
        elsewhere = users(project, "reset", "ana@example.com", "--address=https://c.example.com")
        assert elsewhere.stdout.startswith("https://c.example.com/?reset=")
        refused = users(project, "invite", "eve@example.com")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "REGISTRATION is closed" in refused.stderr
        assert users(project, "nonsense").returncode == 2

        assert launcher.end(signal.SIGINT) == 0
