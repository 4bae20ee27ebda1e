"""Credentials: storage, queue, broker and health find them as AWS tools do, with no key in the settings."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from local.aws import AwsAccess, create_resources
from tests.conftest import ROOT

BUCKET, QUEUE = "credentials", "credentials"
ACCOUNT = {"AccessKeyId": "ASIAROLE", "SecretAccessKey": "of-the-role", "Expiration": "2100-01-01T00:00:00Z"}
SPEAKERS = """
import io
from ingestion.health import Part, looks
from ingestion.queue import make_queue
from ingestion.settings import load_settings
from ingestion.storage import make_bucket
settings = load_settings()
bucket = make_bucket(settings)
bucket.put("uploads/u1/job-1.csv", io.BytesIO(b"email"), "text/csv")
assert bucket.size("uploads/u1/job-1.csv") == 5
from tasks.broker import broker
from tasks.enqueue import enqueue_process
enqueue_process(1, "uploads/u1/job-1.csv")
assert make_queue(settings).depths().jobs.waiting == 1
consumer = broker.consume(settings.sqs_queue_name)
consumer.ack(next(consumer))
assert make_queue(settings).is_empty()
look = looks(settings, lambda: None)
look[Part.STORE]()
look[Part.QUEUE]()
print(bucket.sign_part("uploads/u1/job-1.csv", "1", 1, 5))
"""
"""Everything of the product that speaks to AWS, once."""


class Asked:
    """S3 and SQS, which remember who asked: (service, access key, session token)."""

    def __init__(self) -> None:
        self.by: set[tuple[str, str, str]] = set()
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        signed = re.match(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/[^/]+/([^/]+)/", environ["HTTP_AUTHORIZATION"]
        )
        assert signed is not None, environ["HTTP_AUTHORIZATION"]
        self.by.add((signed[2], signed[1], environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")))
        return self._moto(environ, start_response)  # type: ignore[no-any-return]


class Silent(WSGIRequestHandler):
    """No line on stderr for each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def served(application: Any) -> Iterator[str]:
    """The application on a port of 127.0.0.1; gives its address."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def bare(asked: Asked, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that has bucket and queue by their names, and no key of its own.

    The emulator stands for AWS itself: its address is boto3's business, not one of the product's settings.
    """
    with served(asked) as address:
        create_resources(AwsAccess(address, access_key="owner"), BUCKET, QUEUE)
        asked.by.clear()
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "HOME": str(tmp_path),
            "DATABASE_URL": "postgresql://nobody:x@127.0.0.1:9/none",
            "AWS_ENDPOINT_URL": "",
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
            "AWS_SESSION_TOKEN": "",
            "AWS_ENDPOINT_URL_S3": address,
            "AWS_ENDPOINT_URL_SQS": address,
            "AWS_EC2_METADATA_DISABLED": "true",
            "S3_BUCKET_NAME": BUCKET,
            "SQS_QUEUE_NAME": QUEUE,
            "SQS_WAIT_SECONDS": "1",
        }


def speak(environment: dict[str, str]) -> str:
    """Run everything that speaks to AWS in a process of that environment; the address that it signed."""
    done = subprocess.run(
        [sys.executable, "-c", SPEAKERS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def everybody(key: str, token: str = "") -> set[tuple[str, str, str]]:
    return {("s3", key, token), ("sqs", key, token)}


def test_keys_of_a_profile(asked: Asked, bare: dict[str, str], tmp_path: Path) -> None:
    profiles = tmp_path / ".aws" / "credentials"
    profiles.parent.mkdir()
    profiles.write_text(
        "[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = x\n"
        "[hybrid]\naws_access_key_id = AKIAHYBRID\naws_secret_access_key = y\n"
    )

    signed = speak({**bare, "AWS_PROFILE": "hybrid"})

    assert asked.by == everybody("AKIAHYBRID")
    assert "AKIAHYBRID" in signed


def test_a_program_that_gives_keys_as_for_single_sign_on(
    asked: Asked, bare: dict[str, str], tmp_path: Path
) -> None:
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"Version": 1, **ACCOUNT, "SessionToken": "of-sso"}))
    config = tmp_path / "config"
    config.write_text(f"[profile hybrid]\ncredential_process = cat {given}\n")

    signed = speak({**bare, "AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "hybrid"})

    assert asked.by == everybody("ASIAROLE", "of-sso")
    assert "X-Amz-Security-Token=of-sso" in signed


def test_the_role_of_a_container_as_on_ecs(asked: Asked, bare: dict[str, str]) -> None:
    def endpoint(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        assert environ["HTTP_AUTHORIZATION"] == "the-task"
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({**ACCOUNT, "Token": "of-the-task"}).encode()]

    with served(endpoint) as address:
        signed = speak(
            {
                **bare,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{address}/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the-task",
            }
        )

    assert asked.by == everybody("ASIAROLE", "of-the-task")
    assert "X-Amz-Security-Token=of-the-task" in signed


def test_keys_that_expire_in_the_environment_as_in_a_lambda(asked: Asked, bare: dict[str, str]) -> None:
    keys = {
        "AWS_ACCESS_KEY_ID": "ASIALAMBDA",
        "AWS_SECRET_ACCESS_KEY": "z",
        "AWS_SESSION_TOKEN": "of-the-function",
    }

    signed = speak({**bare, **keys})

    # Without their token AWS refuses such keys.
    assert asked.by == everybody("ASIALAMBDA", "of-the-function")
    assert "X-Amz-Security-Token=of-the-function" in signed
