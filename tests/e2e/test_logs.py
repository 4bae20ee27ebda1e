"""One click followed through the logs of the product as `python3 run.py` starts it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.launcher import Launcher, copy_of_project
from tests.outages import until
from tests.visiting import click, on_screen, register

EMAIL = "dana@example.com"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Launcher, Path]]:
    with copy_of_project(tmp_path_factory.mktemp("logs")) as project:
        launcher = Launcher(project, LOG_FORMAT="json")
        yield launcher, project / ".local" / "logs"
        if launcher.process.poll() is None:
            launcher.end(signal.SIGINT)


@pytest.fixture(scope="module")
def address(product: tuple[Launcher, Path]) -> str:
    return product[0].address()


def lines_of(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def the(lines: list[dict[str, Any]], event: str) -> dict[str, Any]:
    (found,) = [line for line in lines if line["event"] == event]
    return found


@pytest.mark.browser
def test_a_click_is_one_request_from_the_page_to_the_worker(
    page: Page, product: tuple[Launcher, Path]
) -> None:
    launcher, logs = product
    register(page, EMAIL)
    click(page, "Try a sample")
    expect(page.get_by_role("button", name="Review 10 issues")).to_be_visible()
    click(page, "Review 10 issues")
    on_screen(page, 0, 10, "j.becker@nordwind.de")
    page.keyboard.press("1")
    until(lambda: "decision_made" in (logs / "dashboard.log").read_text())
    launcher.end(signal.SIGINT)

    dashboard, worker = lines_of(logs / "dashboard.log"), lines_of(logs / "worker.log")
    assert the(dashboard, "account_made")["role"] == "administrator"
    assert {line["service"] for line in dashboard} == {"dashboard"}
    assert {line["service"] for line in worker} == {"worker"}
    clicked, taken, done = (
        the(dashboard, "upload_submitted"),
        the(worker, "job_taken"),
        the(worker, "job_finished"),
    )
    for name in ("job_id", "user_id", "request_id"):
        assert clicked[name] == taken[name] == done[name]
    decided = the(dashboard, "decision_made")
    assert (decided["job_id"], decided["user_id"]) == (clicked["job_id"], clicked["user_id"])
    assert decided["request_id"] != clicked["request_id"]
    for log in (logs / "dashboard.log", logs / "worker.log"):
        text = log.read_text()
        assert EMAIL not in text
        assert "nordwind" not in text, f"a cell in {log.name}"
