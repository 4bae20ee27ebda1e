"""Stock moto as the AWS of a trial: a process of its own on loopback, and clients that ask it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.aws import AwsAccess, answers
from local.errors import StackError
from local.ports import LOOPBACK, free_port
from local.processes import MARKER, Child, Command

RECORDING = "requests.jsonl"
"""The file, in the server's folder, to which it writes requests while it is told to."""
_START_SECONDS = 60.0


class Account:
    """What a moto server plays, asked service by service."""

    def __init__(self, access: AwsAccess) -> None:
        self.access = access
        self._clients: dict[str, Any] = {}

    def ask(self, service: str) -> Any:
        """A boto3 client, such as `ask("sqs")`. Typed as anything: few services have stubs here."""
        if service not in self._clients:
            access = self.access
            session = boto3.Session(access.access_key, access.secret_key, region_name=access.region)
            config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2})
            self._clients[service] = session.client(  # type: ignore[call-overload]
                service, endpoint_url=access.endpoint, config=config
            )
        return self._clients[service]

    @contextmanager
    def without_bucket_policy(self, bucket: str) -> Iterator[None]:
        """Take a bucket's policy away for a time: it refuses what does not come by TLS, as nothing does here.

        moto heeds no condition but StringEquals: by TLS it would refuse as well.
        """
        s3 = self.ask("s3")
        policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
        s3.delete_bucket_policy(Bucket=bucket)
        try:
            yield
        finally:
            s3.put_bucket_policy(Bucket=bucket, Policy=policy)


@contextmanager
def running(folder: Path) -> Iterator[Account]:
    """A server with nothing in it; its log is `moto.log` in the folder. Raises StackError."""
    port = free_port()
    access = AwsAccess(f"http://{LOOPBACK}:{port}")
    child = Child(
        Command(
            name="moto",
            arguments=[sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)],
            log=folder / "moto.log",
            folder=folder,
            environment=_environment(folder),
        )
    )
    child.start()
    try:
        _wait_until_it_answers(child, access)
        yield Account(access)
    finally:
        child.stop()


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        # Roles get Amazon's own policies by name; without this moto knows none of them.
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        # It runs functions in containers: it gets no Docker, so it runs none.
        "DOCKER_HOST": f"unix://{folder / 'no-docker'}",
        "MOTO_RECORDER_FILEPATH": str(folder / RECORDING),
        MARKER: str(folder),
    }


def _wait_until_it_answers(child: Child, access: AwsAccess) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not answers(f"{access.endpoint}/moto-api/"):
        if child.exit_code is not None:
            raise StackError(f"moto did not start ({child.complaint}): see {child.command.log}.")
        if time.monotonic() > deadline:
            raise StackError(f"moto does not answer after {_START_SECONDS:.0f} s: see {child.command.log}.")
        time.sleep(0.05)
