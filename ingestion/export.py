"""Final contacts as a file, streamed."""

import csv
import io
import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import FinalContact, Job
from db.queries import contacts
from ingestion.errors import Conflict
from ingestion.rules.lifecycle import JobStatus
from ingestion.uploads import owned, upload_of

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_CHUNKS_AHEAD = 16
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Download:
    """A file on its way to a browser. Its chunks are read once; closing them ends the query behind them."""

    filename: str
    chunks: Generator[bytes]


@dataclass(frozen=True)
class Contact:
    """A golden record. `others` are the file's further columns, in file order."""

    email: str
    first_name: str
    last_name: str
    company: str
    others: tuple[str, ...]
    row_number: int
    """Where it stood in the file: the row chosen, merged onto, or the first of its e-mail."""


def page(
    sessions: Sessions, user_id: int, job_id: int, *, after: str | None = None, search: str = "", limit: int
) -> list[Contact]:
    """Final contacts in order of their e-mails, those after `after`. Raises NotFound."""
    with sessions() as session:
        owned(session, user_id, job_id)
        found = contacts.page(session, job_id, after=after, limit=limit, search=search)
        return [_contact(contact) for contact in found]


def open_contacts(sessions: Sessions, user_id: int, job_id: int) -> Download:
    """The final contacts as CSV: UTF-8, comma, the file's own columns in their order, ordered by e-mail.

    Raises NotFound, and Conflict when the upload is not completed.
    """
    with sessions() as session:
        job = owned(session, user_id, job_id)
        if job.status != JobStatus.COMPLETED:
            raise Conflict("This upload has no final contacts yet. Settle its issues and finalize it first.")
    stem = PurePosixPath(job.original_filename).stem
    return Download(f"{stem}-contacts.csv", _stream(sessions, job))


def write_contacts(session: Session, job: Job, sink: "SupportsWrite[bytes]") -> None:
    """Write the job's final contacts as CSV with a header."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(job.columns)
    sink.write(header.getvalue().encode())
    contacts.write_csv(session, job.id, contacts_layout(job), sink)


def contacts_layout(job: Job) -> contacts.Layout:
    """Where the job's columns are."""
    columns = upload_of(job).contact_columns
    if columns is None:
        raise ValueError(f"job {job.id} was never processed")
    own = columns.email, columns.first_name, columns.last_name, columns.company
    return contacts.Layout(*own, width=len(job.columns))


class _Closed(Exception):
    """Nobody reads any more."""


class _Pipe:
    """Turns a writer on one thread into an iterator on another, a few chunks apart, so memory stays flat."""

    def __init__(self) -> None:
        self._chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
        self._buffer = bytearray()
        self._closed = threading.Event()

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= _CHUNK_BYTES:
            self._put(bytes(self._buffer))
            self._buffer.clear()
        return len(data)

    def finish(self, error: BaseException | None = None) -> None:
        if self._buffer and error is None:
            self._put(bytes(self._buffer))
        self._put(error)

    def read(self) -> Iterator[bytes]:
        while (chunk := self._chunks.get()) is not None:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk

    def close(self) -> None:
        self._closed.set()

    def _put(self, chunk: bytes | BaseException | None) -> None:
        while not self._closed.is_set():
            try:
                return self._chunks.put(chunk, timeout=0.5)
            except queue.Full:
                continue
        raise _Closed


def _stream(sessions: Sessions, job: Job) -> Generator[bytes]:
    pipe = _Pipe()
    writer = threading.Thread(target=_write_into, args=(sessions, job, pipe), daemon=True)
    writer.start()
    try:
        yield from pipe.read()
    finally:
        pipe.close()
        writer.join(timeout=5)


def _write_into(sessions: Sessions, job: Job, pipe: _Pipe) -> None:
    try:
        with sessions() as session:
            write_contacts(session, job, pipe)
        pipe.finish()
    except _Closed:
        return
    except BaseException as error:  # noqa: BLE001  (raised again where it is read)
        try:
            pipe.finish(error)
        except _Closed:
            return


def _contact(contact: FinalContact) -> Contact:
    return Contact(
        contact.email,
        contact.first_name,
        contact.last_name,
        contact.company,
        tuple(contact.other_json),
        contact.row_number,
    )
