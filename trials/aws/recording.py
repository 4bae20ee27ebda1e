"""What the product's processes ask of the server, each by its own access key: what their roles must allow."""

import json
import re
import urllib.request
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.aws import AwsAccess

_KEY = re.compile(r"Credential=([^/]+)/")
_BATCH = "Batch"
"""SQS allows the batch of a call by the call's own action."""
_S3_ACTIONS: Mapping[tuple[str, str], str] = {
    ("GET", ""): "GetObject",
    ("HEAD", ""): "GetObject",
    ("PUT", ""): "PutObject",
    ("DELETE", ""): "DeleteObject",
    ("DELETE", "versionId"): "DeleteObjectVersion",
    ("GET", "list-type"): "ListBucket",
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "uploads"): "ListBucketMultipartUploads",
    ("POST", "uploads"): "PutObject",
    ("PUT", "partNumber"): "PutObject",
    ("POST", "uploadId"): "PutObject",
    ("GET", "uploadId"): "ListMultipartUploadParts",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}
"""By method and by what the query names.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"""


@dataclass(frozen=True, order=True)
class Call:
    """One kind of request, as a role must allow it."""

    key: str
    """The access key by which it was signed."""
    action: str
    resource: str
    """Service and name, such as `sqs jobs`."""


class Recording:
    """moto's own recording of requests, in a file that the server was started with."""

    def __init__(self, access: AwsAccess, file: Path) -> None:
        self._access = access
        self._file = file

    def start(self) -> None:
        """Record from now on."""
        self._tell("start-recording")

    def stop(self) -> set[Call]:
        """Record no more; what the product asked for."""
        self._tell("stop-recording")
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        return {call for line in lines for call in calls_of(json.loads(line))}

    def _tell(self, what: str) -> None:
        request = urllib.request.Request(  # noqa: S310  our own http address
            f"{self._access.endpoint}/moto-api/recorder/{what}", method="POST"
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310  # nosec B310


def calls_of(recorded: Mapping[str, Any]) -> Iterator[Call]:
    """The call that a recorded request is, if it is signed; as no known call it bears its method and path."""
    headers = {name.lower(): value for name, value in recorded["headers"].items()}
    if signed := _KEY.search(headers.get("authorization", "")):
        target = headers.get("x-amz-target", "")
        action, resource = _of_queue(target, b64decode(recorded["body"])) if target else _of_store(recorded)
        yield Call(signed[1], action, resource)


def _of_queue(target: str, body: bytes) -> tuple[str, str]:
    service, _, action = target.rpartition(".")
    if service != "AmazonSQS":
        return action, service
    asked = json.loads(body)
    name = asked.get("QueueName") or asked.get("QueueUrl", "").rpartition("/")[2]
    return action.removesuffix(_BATCH), f"sqs {name}"


def _of_store(recorded: Mapping[str, Any]) -> tuple[str, str]:
    parts = urlsplit(recorded["url"])
    query = parse_qs(parts.query, keep_blank_values=True)
    method = recorded["method"]
    named = next((name for (of, name) in _S3_ACTIONS if name and of == method and name in query), "")
    name = unquote(parts.path).strip("/")
    if "/" not in name and method == "HEAD":
        return "ListBucket", f"s3 {name}"
    return _S3_ACTIONS.get((method, named), f"{method} {parts.path}"), f"s3 {name}"


def refused(calls: set[Call], granted: Mapping[str, set[str]]) -> Iterator[Call]:
    """Those calls that are not among the granted actions, by resource."""
    for call in sorted(calls):
        if not any(call.action in granted[one] and fnmatchcase(call.resource, one) for one in granted):
            yield call
