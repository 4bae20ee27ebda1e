"""A Lambda reads where its database is from Secrets Manager."""

import os

import boto3
import pytest

from ingestion.errors import InvalidSettings
from ingestion.settings import load_settings
from local.aws import AwsAccess
from tasks.serverless import database_secret

SECRET = "postgresql://ingestion:s3cret@db.example.com:5432/ingestion_db?sslmode=require"


@pytest.fixture
def secret_arn(aws: AwsAccess, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws.region)  # as AWS sets it beside AWS_REGION
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1/none")  # which is put back at the end
    client = boto3.client("secretsmanager")
    name = f"database-url-{os.urandom(4).hex()}"
    return str(client.create_secret(Name=name, SecretString=SECRET)["ARN"])


def test_the_secret_is_the_database_of_the_settings(secret_arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL_SECRET_ARN", secret_arn)

    database_secret.read()

    assert load_settings().database_url == SECRET


@pytest.mark.parametrize("name", ["", None])
def test_without_one_the_variable_stays(
    secret_arn: str,  # noqa: ARG001  (with the environment)
    name: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL_SECRET_ARN", raising=False)
    if name is not None:
        monkeypatch.setenv("DATABASE_URL_SECRET_ARN", name)

    database_secret.read()

    assert os.environ["DATABASE_URL"] == "postgresql://nobody@127.0.0.1/none"


def test_a_secret_that_cannot_be_read_is_named_and_what_it_may_hold_is_not(
    secret_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL_SECRET_ARN", secret_arn + "x")

    with pytest.raises(
        InvalidSettings, match="DATABASE_URL_SECRET_ARN names a secret that cannot be read"
    ) as no:
        database_secret.read()
    assert "s3cret" not in str(no.value)
