"""Uploaded files in S3, or in anything that speaks its protocol."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ingestion.errors import NotFound, StorageUnavailable, UnreadableFile
from ingestion.settings import Settings
from ingestion.telemetry.stages import stage

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

_CHUNK_BYTES = 1024 * 1024
_SIGNED_FOR_SECONDS = 600
"""S3 looks when a request begins, and the browser asks for an address right before that."""
_ONE_PART_AT_A_TIME = TransferConfig(use_threads=False)
_GONE = {"NoSuchUpload", "NoSuchKey", "404"}


@dataclass(frozen=True)
class StoredPart:
    """One part of an upload, as the store has it. The size is in bytes."""

    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Bucket:
    """One bucket and a client for it. Safe to use from several threads.

    Every method raises StorageUnavailable where the store does not answer.
    """

    client: "S3Client"
    name: str
    signer: "S3Client"
    """Signs addresses for browsers, which may know the store by another name. It sends nothing."""

    def put(self, key: str, body: BinaryIO, content_type: str) -> None:
        """Store an object, replacing one of the same key."""
        with _answering():
            self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)

    def put_in_parts(self, key: str, body: IO[bytes], content_type: str) -> None:
        """Store an object as `put` does, of up to 5 TB, without holding it in memory."""
        with _answering():
            self.client.upload_fileobj(
                body, self.name, key, ExtraArgs={"ContentType": content_type}, Config=_ONE_PART_AT_A_TIME
            )

    def delete(self, key: str) -> int:
        """Delete an object with all its versions, delete markers among them; returns how many there were."""
        deleted = 0
        with _answering():
            for page in self.client.get_paginator("list_object_versions").paginate(
                Bucket=self.name, Prefix=key
            ):
                for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    if found["Key"] == key:
                        self.client.delete_object(Bucket=self.name, Key=key, VersionId=found["VersionId"])
                        deleted += 1
        return deleted

    def size(self, key: str) -> int:
        """How many bytes an object has. Raises NotFound."""
        with _answering():
            return self.client.head_object(Bucket=self.name, Key=key)["ContentLength"]

    def head(self, key: str, length: int) -> bytes:
        """The first bytes of an object, at most `length` of them, which is not 0. Raises NotFound."""
        with _answering():
            try:
                found = self.client.get_object(Bucket=self.name, Key=key, Range=f"bytes=0-{length - 1}")
            except ClientError as error:
                if error.response["Error"]["Code"] == "InvalidRange":  # as of every empty object
                    return b""
                raise
            return found["Body"].read()

    def begin_parts(self, key: str, content_type: str) -> str:
        """Begin an object that comes in parts; the upload's id."""
        with _answering():
            begun = self.client.create_multipart_upload(Bucket=self.name, Key=key, ContentType=content_type)
            return begun["UploadId"]

    def sign_part(self, key: str, upload_id: str, number: int, size: int) -> str:
        """An address to which a browser can PUT a part of exactly so many bytes. Good for ten minutes."""
        return self.signer.generate_presigned_url(
            "upload_part",
            Params={
                "Bucket": self.name,
                "Key": key,
                "UploadId": upload_id,
                "PartNumber": number,
                # Signed with the rest: nobody stores more than what was announced.
                "ContentLength": size,
            },
            ExpiresIn=_SIGNED_FOR_SECONDS,
        )

    def put_part(self, key: str, upload_id: str, number: int, content: bytes) -> None:
        """Store a part. Raises NotFound when the upload is over or was ended."""
        with _answering():
            self.client.upload_part(
                Bucket=self.name, Key=key, UploadId=upload_id, PartNumber=number, Body=content
            )

    def parts(self, key: str, upload_id: str) -> list[StoredPart]:
        """The parts that have arrived, by number. Raises NotFound when the upload is over or was ended."""
        found: list[StoredPart] = []
        with _answering():
            # S3 lists at most 1,000 at a time.
            pages = self.client.get_paginator("list_parts").paginate(
                Bucket=self.name, Key=key, UploadId=upload_id
            )
            for page in pages:
                found += [
                    StoredPart(part["PartNumber"], part["Size"], part["ETag"])
                    for part in page.get("Parts", [])
                ]
        return found

    def complete_parts(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        """Make the object of its parts. Raises NotFound when the upload is over or was ended."""
        with _answering():
            self.client.complete_multipart_upload(
                Bucket=self.name,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": [{"PartNumber": part.number, "ETag": part.etag} for part in parts]},
            )

    def abort_parts(self, key: str, upload_id: str) -> None:
        """End an upload and free its parts; what has ended already is left alone."""
        try:
            with _answering():
                self.client.abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload_id)
        except NotFound:
            pass

    def abort_all_parts(self, key: str) -> None:
        """End every upload in parts of this key, also one whose id nobody knows: its answer was lost."""
        with _answering():
            for page in self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.name, Prefix=key
            ):
                for found in page.get("Uploads", []):
                    if found["Key"] == key:
                        self.abort_parts(key, found["UploadId"])

    @contextmanager
    def opened(self, key: str) -> Iterator["StreamingBody"]:
        """An object's bytes, to be read once as they arrive. Raises NotFound."""
        with _answering():
            body = self.client.get_object(Bucket=self.name, Key=key)["Body"]
            with body:  # which gives what is below it, and that does not see whether the end is missing
                yield body

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """The object as a file on disk, gone afterwards: reading it depends on no network any more.

        Raises UnreadableFile when there is no such object.
        """
        with tempfile.TemporaryDirectory(prefix="ingestion-") as folder:
            path = Path(folder) / "upload"
            try:
                with stage("copy"), self.opened(key) as body, path.open("wb") as file:
                    shutil.copyfileobj(body, file, _CHUNK_BYTES)
            except NotFound:
                raise UnreadableFile(
                    "The stored file is gone. Upload the file again; this upload cannot be processed."
                ) from None
            yield path


def make_bucket(settings: Settings, *, wait_seconds: int = 60, attempts: int = 4) -> Bucket:
    """The bucket that the settings name. Without keys boto3 finds credentials by its ordinary chain.

    A store that says nothing for `wait_seconds` in each of so many `attempts` does not answer.
    """
    patience = Config(read_timeout=wait_seconds, retries={"mode": "standard", "total_max_attempts": attempts})
    return Bucket(
        client=_client(settings, settings.aws_endpoint_url, patience),
        name=settings.s3_bucket_name,
        signer=_signer(settings, "s3v4"),
    )


def browser_source(settings: Settings) -> str:
    """Where browsers send parts to: what signed addresses begin with, up to the key.

    `scheme://host:port/`, and `bucket/` after it where the bucket is no part of the host's name, as with a
    custom endpoint or a dot in the bucket's name: that host is everybody's.
    """
    # Unsigned, because this is asked at a start, which must not wait for credentials.
    address = _signer(settings, UNSIGNED).generate_presigned_url(
        "get_object", Params={"Bucket": settings.s3_bucket_name, "Key": "any"}
    )
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('any')}"


def _signer(settings: Settings, signature: object) -> "S3Client":
    endpoint = settings.aws_public_endpoint_url or settings.aws_endpoint_url
    return _client(
        settings,
        endpoint,
        Config(
            signature_version=signature,  # type: ignore[arg-type]  # the stubs know no UNSIGNED
            # With the region in the host's name: S3 redirects from its global one, which a preflight forbids.
            s3={
                "addressing_style": "path" if endpoint else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
        ),
    )


def _client(settings: Settings, endpoint: str | None, config: Config) -> "S3Client":
    common = Config(
        connect_timeout=5,
        # An emulator has no wildcard DNS for bucket names.
        s3={"addressing_style": "path" if endpoint else "auto"},
        # A browser sends its parts without checksums, so an upload must not announce any; S3 makes its own.
        request_checksum_calculation="when_required",
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        **settings.aws_account,
        config=common.merge(config),
    )


@contextmanager
def _answering() -> Iterator[None]:
    """What S3 refuses or does not answer, in our own words."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise NotFound("There is no such file or upload in the file store.") from error
        raise StorageUnavailable("The file store does not answer. Try again in a moment.") from error
    except BotoCoreError as error:
        raise StorageUnavailable("The file store does not answer. Try again in a moment.") from error


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file (FIPS 180-4), in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
