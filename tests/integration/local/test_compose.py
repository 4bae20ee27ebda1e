"""docker-compose.yml without Docker: its very commands start with its very variables.

Only addresses differ: what names a container there names one of the test's own servers here.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]  # comes with moto, which is all that needs it here

from ingestion.settings import Settings
from local import commands
from local.aws import AwsAccess, answers, create_resources
from local.environment import product_environment
from local.ports import free_port
from local.postgres import EmbeddedPostgres

PROJECT = Path(__file__).resolve().parents[3]
PRODUCT = ("migrate", "requeue", "worker", "dashboard")
_VARIABLE = re.compile(r"\$\{(?P<name>\w+):?-(?P<default>[^}]*)\}")


def interpolated(value: Any) -> Any:
    """`value` as Compose reads it where no variable is set."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: match["default"], value)
    if isinstance(value, list):
        return [interpolated(item) for item in value]
    if isinstance(value, dict):
        return {key: interpolated(item) for key, item in value.items()}
    return value


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    text = (PROJECT / "docker-compose.yml").read_text()
    return dict(interpolated(yaml.safe_load(text)["services"]))


def command_of(service: Mapping[str, Any], dashboard_port: int = 8501) -> list[str]:
    """The service's command, on this machine's interpreter and loopback address."""
    here = {"python": sys.executable, "0.0.0.0": "127.0.0.1", "8501": str(dashboard_port)}  # noqa: S104
    return [here.get(word, word) for word in service["command"]]


@pytest.fixture
def variables(
    services: dict[str, dict[str, Any]], postgres: EmbeddedPostgres, aws: AwsAccess, tmp_path: Path
) -> dict[str, str]:
    """What Compose gives every product process, with the test's addresses and an empty database."""
    given = {name: str(value) for name, value in services["worker"]["environment"].items()}
    create_resources(aws, given["S3_BUCKET_NAME"], given["SQS_QUEUE_NAME"])
    return {
        **given,
        "DATABASE_URL": postgres.url(f"compose_{time.monotonic_ns()}"),
        "AWS_ENDPOINT_URL": aws.endpoint,
        "PATH": os.environ["PATH"],
        "TMPDIR": str(tmp_path),
    }


def test_compose_hands_on_every_setting(services: dict[str, dict[str, Any]]) -> None:
    for name in PRODUCT:
        given = services[name]["environment"]
        assert {field.upper() for field in Settings.model_fields} <= set(given)
        for field, default in Settings.model_fields.items():
            if isinstance(default.default, int):
                assert int(given[field.upper()]) == default.default


@contextmanager
def running(command: list[str], variables: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=PROJECT, env=variables, stdout=output, stderr=output) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def is_healthy(probe: list[str], variables: dict[str, str]) -> bool:
    asked = subprocess.run(probe, cwd=PROJECT, env=variables, capture_output=True, check=False)
    return asked.returncode == 0


def wait_until_healthy(
    probe: list[str], variables: dict[str, str], process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + 60
    while not is_healthy(probe, variables):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_migration_worker_and_dashboard_start(
    services: dict[str, dict[str, Any]], variables: dict[str, str], tmp_path: Path
) -> None:
    for name in ("migrate", "requeue", "migrate"):  # and once more, as every `up` does
        once = subprocess.run(
            command_of(services[name]),
            cwd=PROJECT,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert once.returncode == 0, once.stderr

    port = free_port()
    logs = {name: tmp_path / f"{name}.log" for name in ("worker", "dashboard")}
    worker_probe = [sys.executable, *services["worker"]["healthcheck"]["test"][2:]]
    dashboard_probe = [sys.executable, *services["dashboard"]["healthcheck"]["test"][2:]]
    dashboard_probe[-1] = dashboard_probe[-1].replace(":8501/", f":{port}/")
    assert not is_healthy(dashboard_probe, variables)
    assert not is_healthy(worker_probe, variables)
    with (
        running(command_of(services["worker"]), variables, logs["worker"]) as worker,
        running(command_of(services["dashboard"], port), variables, logs["dashboard"]) as dashboard,
    ):
        wait_until_healthy(worker_probe, variables, worker, logs["worker"])
        wait_until_healthy(dashboard_probe, variables, dashboard, logs["dashboard"])
        assert answers(f"http://127.0.0.1:{port}/healthz")
        assert worker.poll() is None, logs["worker"].read_text()


def test_the_customers_addresses_are_the_defaults(services: dict[str, dict[str, Any]]) -> None:
    for name in PRODUCT:
        environment = services[name]["environment"]
        assert environment["DATABASE_URL"] == "postgresql://user:password@db:5432/ingestion_db"
        assert environment["AWS_ENDPOINT_URL"] == "http://localstack:4566"
        assert urlsplit(environment["DATABASE_URL"]).hostname in services
        assert urlsplit(environment["AWS_ENDPOINT_URL"]).hostname in services


def test_commands_are_those_of_the_launcher(services: dict[str, dict[str, Any]]) -> None:
    assert command_of(services["migrate"]) == commands.MIGRATE
    assert command_of(services["requeue"]) == commands.REQUEUE
    assert command_of(services["worker"]) == commands.worker("2")
    assert command_of(services["dashboard"]) == commands.dashboard(8501)


def test_variables_are_those_of_the_launcher(services: dict[str, dict[str, Any]]) -> None:
    by_launcher = product_environment({}, {}, "postgresql://", AwsAccess("http://127.0.0.1:4566"), PROJECT)
    for name in PRODUCT:
        by_compose = services[name]["environment"]
        for variable in ("S3_BUCKET_NAME", "SQS_QUEUE_NAME", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
            assert by_compose[variable] == by_launcher[variable]
        # What the launcher leaves to the defaults of the settings, compose spells out.
        assert set(by_compose) - set(by_launcher) <= {field.upper() for field in Settings.model_fields}


def test_ports_are_published_on_loopback_only(services: dict[str, dict[str, Any]]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_nothing_starts_before_what_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for name in ("worker", "dashboard"):
        conditions = {other: needed["condition"] for other, needed in services[name]["depends_on"].items()}
        assert conditions["db"] == conditions["localstack"] == "service_healthy"
        assert set(conditions) & {"migrate", "requeue"}
        assert all("healthcheck" in services[other] for other in ("db", "localstack", name))
    assert services["requeue"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
