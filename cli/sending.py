"""Sending one file: a small one whole, a large one in parts straight to the store.

Of a large one no more is in memory at once than a part, or what is looked at to tell how it is read:
`intake.examined_bytes` of it.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from cli import reading
from cli.installation import Installation
from cli.reading import Given, Settled
from cli.showing import moment
from cli.typed import is_text
from ingestion import accepted_files, direct_uploads, file_parts, intake, uploads, words
from ingestion.csv_file.source import examine
from ingestion.direct_uploads import SameContent
from ingestion.errors import RefusedUpload

Tell = Callable[[int], None]
"""Is told how many bytes are sent."""

_END_BYTES = 1024 * 1024
_AGAIN = "Add --again to upload it all the same."


class FileChanged(RefusedUpload):
    """The file is not the one any more of which sending began. Nothing of it is kept."""


class _File:
    """A file as it was when it was opened: what is read of it is of that one version."""

    def __init__(self, path: Path, opened: BinaryIO) -> None:
        self.name = path.name
        self._path, self._opened = path, opened
        self._before = os.fstat(opened.fileno())

    @property
    def size(self) -> int:
        """In bytes."""
        return self._before.st_size

    @property
    def modified_ms(self) -> int:
        """Since 1970."""
        return self._before.st_mtime_ns // 1_000_000

    def read(self, length: int, *, start: int = 0) -> bytes:
        """So many bytes, or those up to the end. Raises FileChanged, OSError."""
        self._opened.seek(start)
        content = self._opened.read(length)
        self.require_unchanged()
        return content

    def require_unchanged(self) -> None:
        """Raise FileChanged unless the path still leads to this file, and nobody wrote to it."""
        try:
            now = self._path.stat()
        except FileNotFoundError:
            now = None
        if now is None or _version(now) != _version(self._before):
            raise FileChanged("The file changed while it was sent. Upload it again.")


def send(at: Installation, path: Path, given: Given, *, again: bool, tell: Tell) -> int:
    """Upload a file as whoever is signed in; the upload's id.

    Raises OSError where the file cannot be read, FileChanged where it is written to meanwhile, what
    `reading.settle` raises, SameContent unless `again`, and what `uploads.submit` and `direct_uploads` raise.
    """
    _require_file(path)
    with path.open("rb") as opened:
        file = _File(path, opened)
        settings = at.settings
        accepted_files.check(file.name, file.size, settings.max_upload_bytes, settings.max_xlsx_bytes)
        is_large = file.size > settings.direct_upload_above_bytes
        return (_send_large if is_large else _send_small)(at, file, given, again, tell)


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise RefusedUpload(f"{path} is no file." if path.exists() else f"There is no file {path}.")
    if not is_text(path.name):
        raise RefusedUpload("Its name holds bytes that are not UTF-8: rename the file.")


def _version(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _send_small(at: Installation, file: _File, given: Given, again: bool, tell: Tell) -> int:
    user_id = at.account().id
    content = file.read(file.size)
    twin = None if again else uploads.earlier_with_content(at.sessions, user_id, uploads.sha256_of(content))
    if twin is not None:
        raise SameContent(
            f"{file.name} has the same content as {twin.filename}, which you uploaded on "
            f"{moment(twin.created_at)} (upload {twin.id}, {words.STATUS[twin.status].lower()}). {_AGAIN}"
        )
    settled = _settled(at, user_id, content, len(content), given)
    job_id = uploads.submit(
        at.sessions,
        at.bucket,
        at.enqueue_process,
        user_id=user_id,
        filename=file.name,
        content=content,
        max_bytes=at.settings.max_upload_bytes,
        max_workbook_bytes=at.settings.max_xlsx_bytes,
        options=settled.options,
        per_hour=at.settings.uploads_per_hour,
    )
    tell(len(content))
    return job_id


def _send_large(at: Installation, file: _File, given: Given, again: bool, tell: Tell) -> int:
    """Goes on where an earlier try with the same file stopped, also one of a browser's."""
    user_id = at.account().id
    settled = _settled(at, user_id, file.read(intake.examined_bytes(file.size)), file.size, given)
    try:
        begun = direct_uploads.begin(
            at.sessions,
            at.bucket,
            user_id=user_id,
            filename=file.name,
            size=file.size,
            fingerprint=_fingerprint(file),
            modified_ms=file.modified_ms,
            max_bytes=at.settings.max_upload_bytes,
            max_workbook_bytes=at.settings.max_xlsx_bytes,
            again=again,
            per_hour=at.settings.uploads_per_hour,
        )
    except SameContent as twin:
        raise SameContent(f"{twin} {_AGAIN}") from None
    try:
        _send_parts(at, file, begun.job_id, set(begun.present), tell)
    except FileChanged:
        # Nobody can go on with it, and it would be in the way of the file as it is now.
        direct_uploads.cancel(at.sessions, at.bucket, user_id=at.account().id, job_id=begun.job_id)
        raise
    direct_uploads.complete(
        at.sessions,
        at.bucket,
        at.enqueue_process,
        user_id=at.account().id,
        job_id=begun.job_id,
        max_bytes=at.settings.max_upload_bytes,
        options=settled.options,
    )
    return begun.job_id


def _send_parts(at: Installation, file: _File, job_id: int, present: set[int], tell: Tell) -> None:
    sizes = file_parts.sizes(file.size)
    sent = sum(sizes[number] for number in present)
    tell(sent)
    for number in sorted(sizes.keys() - present):
        direct_uploads.put(
            at.sessions,
            at.bucket,
            user_id=at.account().id,  # asked anew: a session may be ended meanwhile
            job_id=job_id,
            number=number,
            content=file.read(sizes[number], start=(number - 1) * file_parts.PART_BYTES),
            sent_bytes=sent,
        )
        sent += sizes[number]
        tell(sent)
    file.require_unchanged()


def _settled(at: Installation, user_id: int, head: bytes, size: int, given: Given) -> Settled:
    max_bytes = at.settings.max_upload_bytes
    source = examine(head, is_complete=len(head) == size, max_bytes=max_bytes)
    settled = reading.settle(at, user_id, source, given)
    reading.remember(at, user_id, settled)
    return settled


def _fingerprint(file: _File) -> str:
    """What browsers make of a file's first and last MiB, so that each goes on with what the other began."""
    digest = hashlib.sha256(file.read(_END_BYTES))
    digest.update(file.read(_END_BYTES, start=max(file.size - _END_BYTES, 0)))
    return digest.hexdigest()
