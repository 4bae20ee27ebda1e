"""python3 run.py notebook, in a copy of the project, as processes of their own."""

import json
import re
import signal
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psutil
import pytest

from local.folders import Folders
from tests.launcher import Launcher, copy_of_project, run_to_its_end, started


def ask(address: str, token: str = "") -> tuple[int, dict[str, object]]:
    """What the server answers, once it does."""
    request = Request(address, headers={"Authorization": f"token {token}"} if token else {})  # noqa: S310
    for _ in range(150):
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, {}
        except URLError:
            time.sleep(0.2)
    pytest.fail(f"{address} does not answer")


def test_jupyterlab_runs_beside_the_product_and_finds_it(tmp_path: Path) -> None:
    with copy_of_project(tmp_path) as project:
        too_early = run_to_its_end(project, "notebook", "--no-browser")
        assert too_early.returncode == 1
        assert "Start it with python3 run.py" in too_early.stdout + too_early.stderr

        launcher = Launcher(project)
        launcher.address()
        output = project / "notebook.txt"
        with started(project, output, "notebook", "--no-browser") as lab:
            found = None
            while not (found := re.search(r"(http://127\.0\.0\.1:\d+/)lab\?token=(\w+)", output.read_text())):
                assert lab.poll() is None, output.read_text()
                time.sleep(0.1)
            address, token = found.groups()
            assert ask(f"{address}api/contents")[0] == 403
            status, contents = ask(f"{address}api/contents", token)
            assert status == 200
            assert "one-messy-upload.ipynb" in json.dumps(contents)
            environment = psutil.Process(lab.pid).environ()
            password = (Folders(project).postgres / "password").read_text()
            assert environment["DATABASE_URL"].startswith(f"postgresql://ingestion:{password}@127.0.0.1:")
            assert environment["PYTHONPATH"] == str(project)
            lab.send_signal(signal.SIGTERM)
            assert lab.wait(60) == 0, output.read_text()

        assert launcher.end(signal.SIGINT) == 0
