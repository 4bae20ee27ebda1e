"""Uploaded files in S3, or in anything that speaks its protocol."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ingestion.errors import StorageUnavailable, UnreadableFile
from ingestion.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Bucket:
    """One bucket and a client for it. Safe to use from several threads."""

    client: "S3Client"
    name: str

    def put(self, key: str, body: BinaryIO, content_type: str) -> None:
        """Store an object, replacing one of the same key. Raises StorageUnavailable."""
        try:
            self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)
        except (BotoCoreError, ClientError) as error:
            raise StorageUnavailable("The file store does not answer. Try again in a moment.") from error

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """The object as a file on disk, gone afterwards: reading it depends on no network any more.

        Raises UnreadableFile when there is no such object.
        """
        with tempfile.TemporaryDirectory(prefix="ingestion-") as folder:
            path = Path(folder) / "upload"
            try:
                body = self.client.get_object(Bucket=self.name, Key=key)["Body"]
            except self.client.exceptions.NoSuchKey:
                raise UnreadableFile(
                    "The stored file is gone. Upload the file again; this upload cannot be processed."
                ) from None
            with body, path.open("wb") as file:
                shutil.copyfileobj(body, file, _CHUNK_BYTES)
            yield path


def make_bucket(settings: Settings) -> Bucket:
    """The bucket that the settings name. Without keys boto3 finds credentials by its ordinary chain."""
    client = boto3.client(
        "s3",
        endpoint_url=settings.aws_endpoint_url,
        aws_access_key_id=settings.aws_access_key_id,
        aws_secret_access_key=settings.aws_secret_access_key,
        region_name=settings.aws_region,
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "max_attempts": 3},
            # An emulator has no wildcard DNS for bucket names.
            s3={"addressing_style": "path" if settings.aws_endpoint_url else "auto"},
        ),
    )
    return Bucket(client, settings.s3_bucket_name)
