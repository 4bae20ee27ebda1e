"""What docker-compose.yml, the Dockerfile and .dockerignore say. tests/e2e/test_compose.py runs it."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from ingestion.settings import Settings
from local import commands
from local.aws import AwsAccess
from local.environment import product_environment
from tests import compose
from tests.compose import PRODUCT, PROJECT, command_of, needs


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    return compose.services()


def test_compose_hands_on_every_setting(services: dict[str, dict[str, Any]]) -> None:
    for name in PRODUCT:
        given = services[name]["environment"]
        assert {field.upper() for field in Settings.model_fields} <= set(given)
        for field, default in Settings.model_fields.items():
            if isinstance(default.default, int):
                assert int(given[field.upper()]) == default.default


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


def test_the_image_is_the_dashboard_unless_told_otherwise(services: dict[str, dict[str, Any]]) -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text()
    words = re.findall(r'"([^"]*)"', re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
    assert words == services["dashboard"]["command"]


def test_variables_are_those_of_the_launcher(services: dict[str, dict[str, Any]]) -> None:
    by_launcher = product_environment({}, {}, "postgresql://", AwsAccess("http://127.0.0.1:4566"), PROJECT)
    for name in PRODUCT:
        by_compose = services[name]["environment"]
        for variable in ("S3_BUCKET_NAME", "SQS_QUEUE_NAME", "AWS_REGION", "AWS_ACCESS_KEY_ID"):
            assert by_compose[variable] == by_launcher[variable]
        # What the launcher leaves to the defaults of the settings, compose spells out.
        assert set(by_compose) - set(by_launcher) <= {field.upper() for field in Settings.model_fields}


def test_the_emulator_and_the_product_agree_on_names() -> None:
    chosen = {
        "S3_BUCKET_NAME": "b-1",
        "SQS_QUEUE_NAME": "q",
        "SQS_DEAD_LETTER_QUEUE_NAME": "dead",
        "SQS_LARGE_FILE_QUEUE_NAME": "large",
        "AWS_REGION": "eu-west-1",
        "VISIBILITY_TIMEOUT_SECONDS": "60",
    }
    services = compose.services(chosen)
    for name in ("localstack", *PRODUCT):
        assert chosen.items() <= services[name]["environment"].items()


def test_ports_are_published_on_loopback_only(services: dict[str, dict[str, Any]]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_nothing_starts_before_what_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for name in ("worker", "dashboard"):
        conditions = needs(services[name])
        assert conditions["db"] == conditions["localstack"] == "service_healthy"
        assert set(conditions) & {"migrate", "requeue"}
        assert all("healthcheck" in services[other] for other in ("db", "localstack", name))
    assert needs(services["requeue"])["migrate"] == "service_completed_successfully"


def test_the_products_containers_can_write_temporary_files_and_nothing_else(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in PRODUCT:
        service = services[name]
        assert service["read_only"] is True
        assert service["volumes"] == ["/tmp"]  # noqa: S108  a folder of the container
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["init"] is True


def test_one_service_builds_the_image_and_all_others_wait_for_it(services: dict[str, dict[str, Any]]) -> None:
    assert len({services[name]["image"] for name in PRODUCT}) == 1
    assert [name for name in services if "build" in services[name]] == ["migrate"]
    for name in set(PRODUCT) - {"migrate"}:
        assert services[name]["pull_policy"] == "never"
        assert set(needs(services[name])) & {"migrate", "requeue"}


@pytest.mark.parametrize("shutdown", ["10", "30", "3600"])
def test_a_worker_has_longer_to_stop_than_it_takes(shutdown: str) -> None:
    worker = compose.services({"SHUTDOWN_SECONDS": shutdown})["worker"]
    assert compose.seconds(worker["stop_grace_period"]) > int(worker["environment"]["SHUTDOWN_SECONDS"])


def test_what_runs_is_started_again_and_what_ends_only_where_it_failed(
    services: dict[str, dict[str, Any]],
) -> None:
    by_name = {name: service["restart"] for name, service in services.items()}
    assert {by_name.pop(name) for name in ("migrate", "requeue")} == {"on-failure:3"}
    assert set(by_name.values()) == {"unless-stopped"}
