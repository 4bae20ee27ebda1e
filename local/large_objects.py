"""Large objects of the S3 emulator, kept on disk where ministack would hold them in memory.

ministack collects the parts of a multipart upload in memory, joins them there, keeps the result once more
for the object's history, and reads a whole object to answer with a range of it: 500 MB take 2 GB. Here a part
is a file as soon as it has arrived, parts are joined file by file, and objects are sent as they are read. All
else, errors and history included, stays ministack's own. Its version is pinned: a name of its that is gone
stops the start.
"""

import hashlib
import mmap
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, BinaryIO

Answer = tuple[int, dict[str, Any], Any]
"""Status, headers, body."""

LARGE = 1024 * 1024
"""Smaller objects than this, in bytes, are answered as ministack does."""


class LargeObjects:
    """Takes the place of ministack's own functions for parts and objects.

    `s3` is its module `ministack.services.s3`, `streaming` its class for bodies that are sent in pieces, and
    `folder` a place for parts, on the file system of the objects. Uploads do not outlive the emulator, so
    what the folder held before is deleted.
    """

    def __init__(self, s3: Any, streaming: Any, folder: Path) -> None:
        self._s3 = s3
        self._streaming = streaming
        self._folder = folder
        self._upload_part = s3._upload_part
        self._complete = s3._complete_multipart_upload
        self._abort = s3._abort_multipart_upload
        self._get_object = s3._get_object
        self._record_version = s3._record_object_version

    def install(self) -> None:
        """Have ministack call these methods from now on."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._s3._upload_part = self.upload_part
        self._s3._complete_multipart_upload = self.complete
        self._s3._abort_multipart_upload = self.abort
        self._s3._get_object = self.get_object
        self._s3._record_object_version = self.record_version

    def upload_part(
        self, bucket: str, key: str, body: bytes, query: dict[str, Any], headers: dict[str, str]
    ) -> Answer:
        """Store a part: its bytes in a file, the rest with ministack."""
        upload_id, number = self._s3._qp(query, "uploadId"), self._s3._qp(query, "partNumber")
        known = self._s3._multipart_uploads.get(upload_id)
        if known is None or not (number.isascii() and number.isdecimal()):
            return self._upload_part(bucket, key, body, query, headers)  # type: ignore[no-any-return]
        # First the file: a disk that is full is an error, and no part.
        path = self._part(upload_id, int(number))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(body)
        answer: Answer = self._upload_part(bucket, key, body, query, headers)
        if answer[0] == 200:
            known["parts"][int(number)]["body"] = b""
        return answer

    def complete(
        self, bucket: str, key: str, body: bytes, query: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        """Join the parts. ministack checks them and makes the object, of nothing; the bytes come after."""
        upload_id = self._s3._qp(query, "uploadId")
        upload = self._s3._multipart_uploads.get(upload_id)
        answer: Answer = self._complete(bucket, key, body, query, headers)
        if upload is None or answer[0] != 200:
            return answer
        made = self._s3._buckets[bucket]["objects"][key]
        parts = [upload["parts"][part["PartNumber"]] for part in made["parts"]]
        etag = _etag_of([part["etag"] for part in parts])
        self._join(upload_id, [part["PartNumber"] for part in made["parts"]], bucket, key)
        status, answer_headers, xml = answer
        xml = xml.replace(made["etag"].strip('"').encode(), etag.strip('"').encode())
        for listed, part in zip(made["parts"], parts, strict=True):
            listed["Size"] = part["size"]
        facts = {"etag": etag, "size": sum(part["size"] for part in parts)}
        made.update(facts)
        for version in self._s3._object_versions.get((bucket, key), [])[-1:]:
            version.update(facts)
        self._s3._persist_object(bucket, key, made)
        self._s3._completed_multipart_uploads[upload_id]["response"] = (status, answer_headers, xml)
        return status, answer_headers, xml

    def abort(self, bucket: str, key: str, query: dict[str, Any]) -> Answer:
        """Forget an upload and its files."""
        answer: Answer = self._abort(bucket, key, query)
        if answer[0] == 204:
            shutil.rmtree(self._folder / self._s3._qp(query, "uploadId"), ignore_errors=True)
        return answer

    def get_object(
        self, bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None
    ) -> Answer:
        """An object or a range of it: a large one as a view of its file, of which only the range is read."""
        stored = (self._s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
        if stored is None or stored["body"] is not None or stored["size"] < LARGE:
            return self._get_object(bucket, key, headers, query)  # type: ignore[no-any-return]
        file = Path(self._s3._object_disk_path(bucket, key)).open("rb")  # noqa: SIM115  sending closes it
        stored["body"] = view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            status, answer_headers, body = self._get_object(bucket, key, headers, query)
        finally:
            stored["body"] = None
        if body is not view:
            file.close()
            return status, answer_headers, body
        return status, answer_headers, self._streaming(_sender(file))

    def record_version(self, bucket: str, key: str, prior: Any, made: dict[str, Any], _data: bytes) -> Any:
        """Note a version without its bytes: those are on disk, and are read from there when asked for."""
        return self._record_version(bucket, key, prior, made, None)

    def _part(self, upload_id: str, number: int) -> Path:
        return self._folder / upload_id / str(number)

    def _join(self, upload_id: str, numbers: list[int], bucket: str, key: str) -> None:
        whole = self._folder / upload_id / "whole"
        with whole.open("wb") as joined:
            for number in numbers:
                with self._part(upload_id, number).open("rb") as part:
                    shutil.copyfileobj(part, joined, LARGE)
                self._part(upload_id, number).unlink()
        whole.chmod(0o600)
        whole.replace(self._s3._object_disk_path(bucket, key))
        shutil.rmtree(whole.parent)


def _etag_of(etags: list[str]) -> str:
    """As S3 makes it of the parts' own: the digest of their digests, and how many there are."""
    digests = b"".join(bytes.fromhex(etag.strip('"')) for etag in etags)
    return f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(etags)}"'


def _sender(file: BinaryIO) -> Callable[[Callable[[dict[str, Any]], Awaitable[None]], Any], Awaitable[None]]:
    async def send_all(send: Callable[[dict[str, Any]], Awaitable[None]], _receive: Any) -> None:
        with file:
            while piece := file.read(LARGE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_all
