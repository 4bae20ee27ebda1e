from collections.abc import Mapping
from pathlib import Path

import pytest

from local.aws import AwsAccess
from local.environment import addresses_in, environment_over, product_environment

ACCESS = AwsAccess("http://127.0.0.1:4566")
DATABASE_URL = "postgresql://ingestion:secret@127.0.0.1:5432/ingestion_db"


def environment(inherited: Mapping[str, str], dotenv: Mapping[str, str | None]) -> dict[str, str]:
    return product_environment(inherited, dotenv, DATABASE_URL, ACCESS, Path("/project/.local"))


def test_the_embedded_stack_is_named() -> None:
    made = environment({}, {})
    assert made["DATABASE_URL"] == DATABASE_URL
    assert made["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert (made["AWS_ACCESS_KEY_ID"], made["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")
    assert made["AWS_REGION"] == "us-east-1"
    assert made["S3_BUCKET_NAME"] == "data-ingestion-bucket"
    assert made["SQS_QUEUE_NAME"] == "data-ingestion-queue"


@pytest.mark.parametrize(
    ("inherited", "dotenv", "expected"),
    [
        ({"MAX_UPLOAD_MB": "7"}, {}, "7"),
        ({}, {"MAX_UPLOAD_MB": "8"}, "8"),
        ({"MAX_UPLOAD_MB": "7"}, {"MAX_UPLOAD_MB": "8"}, "7"),
        ({}, {"MAX_UPLOAD_MB": ""}, None),
        ({}, {"MAX_UPLOAD_MB": None}, None),
    ],
)
def test_variables_win_over_dotenv(
    inherited: dict[str, str], dotenv: dict[str, str | None], expected: str | None
) -> None:
    assert environment(inherited, dotenv).get("MAX_UPLOAD_MB") == expected


@pytest.mark.parametrize("source", ["inherited", "dotenv"])
def test_addresses_and_credentials_of_elsewhere_are_left_out(source: str) -> None:
    real = {
        "DATABASE_URL": "postgresql://prod",
        "AWS_PROFILE": "prod",
        "AWS_SESSION_TOKEN": "x",
        "AWS_REGION": "eu-west-1",
    }
    made = environment(real, {}) if source == "inherited" else environment({}, dict(real))
    assert made["DATABASE_URL"] == DATABASE_URL
    assert made["AWS_REGION"] == "us-east-1"
    assert "AWS_PROFILE" not in made
    assert "AWS_SESSION_TOKEN" not in made


def test_a_command_over_another_launchers_services_finds_only_those() -> None:
    running = {"DATABASE_URL": "postgresql://local", "AWS_REGION": "us-east-1", "S3_BUCKET_NAME": "files"}
    addresses = addresses_in({**running, "PATH": "/bin", "WORKER_PROCESSES": "2"})
    inherited = {"PATH": "/usr/bin", "AWS_PROFILE": "production", "S3_BUCKET_NAME": "production"}

    assert addresses == running
    assert environment_over(inherited, addresses) == {"PATH": "/usr/bin", **running}
