"""Final contacts as a file, streamed."""

import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import FinalContact, Job
from db.queries import contacts
from ingestion import audit, export_names
from ingestion.access import permitted
from ingestion.audit import AuditAction
from ingestion.errors import Conflict
from ingestion.formats import MEDIA_TYPE, Format, check_fits_sheet, write_parquet, write_xlsx
from ingestion.protection import Cells, csv_line, protected
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.telemetry.stages import stage
from ingestion.viewing import upload_of

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Download:
    """A file on its way to a browser. Its chunks are read once, and closed where reading ends early."""

    filename: str
    chunks: Generator[bytes]
    media_type: str = "text/csv"


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
        permitted(session, user_id, job_id, Permission.VIEW)
        found = contacts.page(session, job_id, after=after, limit=limit, search=search)
        return [_contact(contact) for contact in found]


def open_contacts(
    sessions: Sessions,
    user_id: int,
    job_id: int,
    format_: Format = Format.CSV,
    cells: Cells = Cells.PROTECTED,
) -> Download:
    """The final contacts in the file's own columns and their order, ordered by e-mail.

    CSV is in UTF-8 with commas, its cells as asked for; in other formats a cell is text and always the exact
    one. Raises NotFound, and Conflict when the upload is not completed or has more contacts than the format
    holds.
    """
    if format_ is not Format.CSV:
        cells = Cells.EXACT
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.EXPORT)
        if job.status != JobStatus.COMPLETED:
            raise Conflict("This upload has no final contacts yet. Settle its issues and finalize it first.")
        if format_ is Format.XLSX:
            check_fits_sheet(contacts.count_final(session, job_id))
    file = _written(sessions, job, format_)
    note(sessions, user_id, job_id, file, format=format_, cells=cells)
    name = export_names.contacts(job.original_filename, format_)
    return Download(name, streamed(file, cells), MEDIA_TYPE[format_])


def note(sessions: Sessions, user_id: int, job_id: int, file: IO[bytes], **what: str | int) -> None:
    """Have it on record that somebody takes away a file of contacts; `what` says which.

    Called once the file is made, which may be refused, and takes a while: so permission is asked for again.
    Where there is no entry, the file is closed.
    """
    try:
        with sessions.begin() as session:
            job = permitted(session, user_id, job_id, Permission.EXPORT)
            audit.exported(session, AuditAction.EXPORT_CONTACTS, user_id, job, **what)
    except BaseException:
        file.close()
        raise


def write_contacts(session: Session, job: Job, sink: "SupportsWrite[bytes]") -> None:
    """Write the job's final contacts as CSV with a header, their cells exact."""
    write_header(job, sink)
    contacts.write_csv(session, job.id, contacts_layout(job), sink)


def write_header(job: Job, sink: "SupportsWrite[bytes]") -> None:
    """Write the first line of the job's export."""
    sink.write(f"{csv_line(job.columns)}\n".encode())


def contacts_layout(job: Job) -> contacts.Layout:
    """Where the job's columns are."""
    columns = upload_of(job).contact_columns
    if columns is None:
        raise ValueError(f"job {job.id} was never processed")
    own = columns.email, columns.first_name, columns.last_name, columns.company
    return contacts.Layout(*own, width=len(job.columns))


def _written(sessions: Sessions, job: Job, format_: Format) -> IO[bytes]:
    # By way of a file: a reader that stalls holds neither a connection nor a snapshot of the database.
    file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115  closed by whoever streams it
    try:
        with stage("export"), sessions() as session:
            if format_ is Format.CSV:
                write_contacts(session, job, file)
            else:
                write = {Format.XLSX: write_xlsx, Format.PARQUET: write_parquet}[format_]
                write(job.columns, contacts.stream(session, job.id, contacts_layout(job)), file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def streamed(file: IO[bytes], cells: Cells = Cells.EXACT) -> Generator[bytes]:
    """The file from where it stands, a CSV file with its cells as asked for; it is closed at its end."""
    with file:
        if cells is Cells.PROTECTED:
            yield from protected(file)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _contact(contact: FinalContact) -> Contact:
    return Contact(
        contact.email,
        contact.first_name,
        contact.last_name,
        contact.company,
        tuple(contact.other_json),
        contact.row_number,
    )
