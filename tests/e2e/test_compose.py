"""The whole journey over docker-compose.yml without Docker: its commands, variables, order and checks."""

import csv
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from local.aws import AwsAccess, EmulatedAws
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from local.postgres_binaries import client_programs
from tests import compose
from tests.compose import PRODUCT, PROJECT, Stack
from tests.visiting import PATIENCE_MS, click, on_screen, register

FILE = b"""email,first_name,last_name,company
ana@example.com,Ana,Silva,Acorn
ana@example.com,Ana,Silva,Bramble
ben@example.com,Ben,Okafor,
"""
CONTACTS = [
    ["email", "first_name", "last_name", "company"],
    ["ana@example.com", "Ana", "Silva", "Bramble"],
    ["ben@example.com", "Ben", "Okafor", ""],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compose")


@pytest.fixture(scope="module")
def emulator(folder: Path) -> Iterator[AwsAccess]:
    """ministack, which compose may run in the place of LocalStack; there is nothing in it yet."""
    emulator = EmulatedAws(folder / "aws", folder / "aws.log")
    emulator.start(free_port())
    yield emulator.access
    emulator.stop()


@pytest.fixture(scope="module")
def stack(postgres: EmbeddedPostgres, emulator: AwsAccess, folder: Path) -> Iterator[Stack]:
    """The file's services, all of them up."""
    services = compose.services()
    database_url = postgres.url(f"compose_{os.getpid()}")
    addresses = {
        "DATABASE_URL": database_url,
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_PUBLIC_ENDPOINT_URL": emulator.endpoint,
    }
    compose.install_awslocal(folder)
    path = os.pathsep.join([str(folder), str(client_programs()), os.environ["PATH"]])
    # What a container brings with it: the port of its own server, or the credentials that awslocal knows.
    brought = {"db": {"PGPORT": str(urlsplit(database_url).port)}, "localstack": emulator.environment()}
    variables = {
        name: {key: str(value) for key, value in service["environment"].items()}
        | (addresses if name in PRODUCT else brought[name])
        | {"PATH": path, "TMPDIR": str(folder)}  # not shared with a product that runs here
        for name, service in services.items()
    }
    stand_ins = {"db": ["true"], "localstack": [str(PROJECT / "localstack" / "init-aws.sh")]}
    stack = Stack(services, variables, stand_ins, free_port(), folder)
    assert not any(stack.is_healthy(name) for name in ("localstack", "dashboard"))
    stack.up()
    yield stack
    list(stack.down())


def test_everything_starts_in_order_and_is_well(stack: Stack) -> None:
    started = stack.started
    assert set(started) == set(stack.services)
    assert started.index("db") < started.index("migrate") < started.index("requeue") < started.index("worker")
    assert started.index("migrate") < started.index("dashboard")
    assert all(stack.is_healthy(name) for name in ("db", "localstack", "worker", "dashboard"))


@pytest.mark.browser
def test_from_registering_to_the_downloaded_contacts(browser: Browser, stack: Stack, tmp_path: Path) -> None:
    context = browser.new_context(base_url=f"http://127.0.0.1:{stack.dashboard_port}")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    register(page, "dana@example.com")
    upload = FilePayload(name="contacts.csv", mimeType="text/csv", buffer=FILE)
    page.locator("input[type=file]").set_input_files(upload)
    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()

    page.goto("/upload?job=1")
    click(page, "Review 2 issues")
    on_screen(page, 0, 2, "ana@example.com")
    page.keyboard.press("2")
    expect(page.get_by_text("1 of 2 issues settled")).to_be_visible()
    click(page, "Keep it blank")
    click(page, "Go on to finalize")
    page.get_by_role("button", name="Finalize", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download contacts").click()
    download.value.save_as(tmp_path / "contacts.csv")
    context.close()
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == CONTACTS


def test_what_was_started_last_is_stopped_first_and_ends_in_time(stack: Stack) -> None:
    assert list(stack.down()) == [name for name in reversed(stack.started) if name in ("worker", "dashboard")]
    # The dashboard's server ends in order, and then by the signal that it got, as servers do: 143 for Docker.
    assert stack.exit_codes.pop("dashboard") == -signal.SIGTERM
    assert stack.exit_codes == dict.fromkeys(set(stack.started) - {"dashboard"}, 0)
