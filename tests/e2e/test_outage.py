"""Postgres stopped and started under an open page, in a real browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from ingestion import processing, uploads
from ingestion.settings import Settings
from ingestion.storage import Bucket
from local.aws import answers
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from tests.conftest import ROOT
from tests.outages import until
from tests.visiting import PASSWORD, click, heading, register

BLANK = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\nbo@x.com,Bo,Li,Hooli\n"
AWAY = "The database does not answer"


@dataclass
class Installation:
    """A dashboard over a Postgres of its own."""

    postgres: EmbeddedPostgres
    port: int
    address: str
    sessions: Sessions

    def stop_postgres(self) -> None:
        self.postgres.stop()

    def start_postgres(self) -> None:
        self.postgres.start(self.port)

    def is_well(self) -> bool:
        return answers(f"{self.address}/healthz")


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("outage")
    postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    port, dashboard_port = free_port(), free_port()
    postgres.start(port)
    url = postgres.url("contacts")
    schema.upgrade(url)
    engine = make_engine(url)
    address = f"http://127.0.0.1:{dashboard_port}"
    with (folder / "dashboard.log").open("wb") as log:
        dashboard = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", "dashboard/asgi.py"),
                *("--server.address", "127.0.0.1", "--server.port", str(dashboard_port)),
            ],
            cwd=ROOT,
            env={**os.environ, **environment, "DATABASE_URL": url},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    installation = Installation(postgres, port, address, make_sessions(engine))
    until(installation.is_well)
    yield installation
    dashboard.terminate()
    dashboard.wait(30)
    engine.dispose()
    postgres.delete()


@pytest.fixture(scope="module")
def address(installation: Installation) -> str:
    return installation.address


@pytest.mark.browser
def test_a_page_outlives_a_restart_of_postgres(
    page: Page, installation: Installation, bucket: Bucket, settings: Settings, tmp_path: Path
) -> None:
    register(page, "ana@example.com")
    job_id = uploads.submit(
        installation.sessions,
        bucket,
        lambda _job, _key: None,
        user_id=1,
        filename="blank.csv",
        content=BLANK,
        max_bytes=settings.max_upload_bytes,
    )
    processing.process(installation.sessions, bucket, job_id)
    page.goto(f"/review?job={job_id}")
    page.get_by_label("company", exact=True).fill("Acme")

    installation.stop_postgres()
    click(page, "Save")
    expect(page.get_by_text(AWAY)).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    page.screenshot(path=tmp_path / "away.png")
    installation.start_postgres()

    expect(page.get_by_label("company", exact=True)).to_have_value("Acme")
    expect(page.get_by_text("The database did not answer. What you did last")).to_be_visible()
    expect(page.get_by_text(AWAY)).to_have_count(0)
    page.screenshot(path=tmp_path / "back.png")
    click(page, "Save")
    expect(page.get_by_text("Every issue is settled.")).to_be_visible()


@pytest.mark.browser
def test_a_chosen_file_outlives_a_restart_of_postgres(page: Page, installation: Installation) -> None:
    register(page, "bo@example.com")
    file: FilePayload = {"name": "kept.csv", "mimeType": "text/csv", "buffer": BLANK}
    page.locator("input[type=file]").set_input_files([file])
    expect(page.get_by_role("button", name="Upload 1 file")).to_be_visible()

    installation.stop_postgres()
    click(page, "Upload 1 file")
    expect(page.get_by_text(AWAY)).to_be_visible()
    expect(page.get_by_text("kept.csv").first).to_be_visible()
    installation.start_postgres()

    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()


@pytest.mark.browser
def test_a_visitor_is_told_and_keeps_what_was_typed(page: Page, installation: Installation) -> None:
    page.goto("/")
    form = page.get_by_role("tabpanel", name="Sign in")
    form.get_by_label("E-mail").fill("ana@example.com")
    form.get_by_label("Password", exact=True).fill(PASSWORD)
    installation.stop_postgres()
    form.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("your password cannot be checked now")).to_be_visible()
    expect(form.get_by_label("E-mail")).to_have_value("ana@example.com")
    installation.start_postgres()
    until(installation.is_well)

    form.get_by_role("button", name="Sign in", exact=True).click()
    heading(page, "Uploads")
