"""Sending one file: a small one whole, a large one in parts straight to the store, never whole in memory."""

import hashlib
from collections.abc import Callable
from pathlib import Path

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


def send(at: Installation, path: Path, given: Given, *, again: bool, tell: Tell) -> int:
    """Upload a file as whoever is signed in; the upload's id.

    Raises OSError where the file cannot be read, what `reading.settle` raises, SameContent unless `again`,
    and what `uploads.submit` and `direct_uploads` raise.
    """
    settings = at.settings
    if not path.is_file():
        raise RefusedUpload(f"{path} is no file." if path.exists() else f"There is no file {path}.")
    if not is_text(path.name):
        raise RefusedUpload("Its name holds bytes that are not UTF-8: rename the file.")
    size = path.stat().st_size
    accepted_files.check(path.name, size, settings.max_upload_bytes, settings.max_xlsx_bytes)
    is_large = size > settings.direct_upload_above_bytes
    return (_send_large if is_large else _send_small)(at, path, given, again, tell)


def _send_small(at: Installation, path: Path, given: Given, again: bool, tell: Tell) -> int:
    user_id = at.account().id
    content = path.read_bytes()
    twin = None if again else uploads.earlier_with_content(at.sessions, user_id, uploads.sha256_of(content))
    if twin is not None:
        raise SameContent(
            f"{path.name} has the same content as {twin.filename}, which you uploaded on "
            f"{moment(twin.created_at)} (upload {twin.id}, {words.STATUS[twin.status].lower()}). {_AGAIN}"
        )
    settled = _settled(at, user_id, content, len(content), given)
    job_id = uploads.submit(
        at.sessions,
        at.bucket,
        at.enqueue_process,
        user_id=user_id,
        filename=path.name,
        content=content,
        max_bytes=at.settings.max_upload_bytes,
        max_workbook_bytes=at.settings.max_xlsx_bytes,
        options=settled.options,
        per_hour=at.settings.uploads_per_hour,
    )
    tell(len(content))
    return job_id


def _send_large(at: Installation, path: Path, given: Given, again: bool, tell: Tell) -> int:
    """Goes on where an earlier try with the same file stopped, also one of a browser's."""
    user_id = at.account().id
    with path.open("rb") as file:
        size = path.stat().st_size
        settled = _settled(at, user_id, file.read(intake.examined_bytes(size)), size, given)
    try:
        begun = direct_uploads.begin(
            at.sessions,
            at.bucket,
            user_id=user_id,
            filename=path.name,
            size=size,
            fingerprint=_fingerprint(path, size),
            modified_ms=path.stat().st_mtime_ns // 1_000_000,
            max_bytes=at.settings.max_upload_bytes,
            max_workbook_bytes=at.settings.max_xlsx_bytes,
            again=again,
            per_hour=at.settings.uploads_per_hour,
        )
    except SameContent as twin:
        raise SameContent(f"{twin} {_AGAIN}") from None
    _send_parts(at, path, begun.job_id, set(begun.present), tell)
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


def _send_parts(at: Installation, path: Path, job_id: int, present: set[int], tell: Tell) -> None:
    before = path.stat()
    sizes = file_parts.sizes(before.st_size)
    sent = sum(sizes[number] for number in present)
    tell(sent)
    with path.open("rb") as file:
        for number in sorted(sizes.keys() - present):
            file.seek((number - 1) * file_parts.PART_BYTES)
            direct_uploads.put(
                at.sessions,
                at.bucket,
                user_id=at.account().id,  # asked anew: a session may be ended meanwhile
                job_id=job_id,
                number=number,
                content=file.read(sizes[number]),
                sent_bytes=sent,
            )
            sent += sizes[number]
            tell(sent)
    if path.stat().st_mtime_ns != before.st_mtime_ns:
        raise RefusedUpload("The file changed while it was sent. Upload it again.")


def _settled(at: Installation, user_id: int, head: bytes, size: int, given: Given) -> Settled:
    max_bytes = at.settings.max_upload_bytes
    source = examine(head, is_complete=len(head) == size, max_bytes=max_bytes)
    settled = reading.settle(at, user_id, source, given)
    reading.remember(at, user_id, settled)
    return settled


def _fingerprint(path: Path, size: int) -> str:
    """What browsers make of a file's first and last MiB, so that each goes on with what the other began."""
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(_END_BYTES))
        file.seek(max(size - _END_BYTES, 0))
        digest.update(file.read(_END_BYTES))
    return digest.hexdigest()
