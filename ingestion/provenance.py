"""Where a contact comes from: for every value its row and who put it there, and what became of other rows.

Worked out from rows and decisions as they stand, by the rule by which contacts are made. In an upload that
went back to review it thus tells what the contact would be made of now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import history, provenance, rows
from db.queries.provenance import Record
from ingestion.errors import NotFound
from ingestion.history import Decided, decided
from ingestion.review import Candidate, candidate_of
from ingestion.rules.cells import clean
from ingestion.rules.provenance import Corrected, Origin, SourceRow, of_merged, of_row
from ingestion.rules.validation import ContactColumns, squared
from ingestion.uploads import owned, upload_of

ROWS_SHOWN = 20
DECISIONS_SHOWN = 50
_ROWS_AT_ONCE = 1_000
"""Of a merged group, looked through until every value of the record was found."""


@dataclass(frozen=True)
class Value:
    """A value of a contact and where it comes from."""

    column: str
    value: str
    """As the contact has it."""
    cell: str
    """What stood in the row, or was typed, before it was cleaned."""
    row_numbers: tuple[int, ...]
    """The rows in which it stood; of many the first ones. None: somebody typed it when merging."""
    decision: Decided | None
    """What put it there; None: it was received so."""

    @property
    def is_cleaned(self) -> bool:
        """Whether something else stood there."""
        return self.value != self.cell


@dataclass(frozen=True)
class Provenance:
    """Where a contact comes from."""

    email: str
    columns: tuple[str, ...]
    row_number: int
    """Of the row that it is made of; of a merged record its place: the first of the rows merged."""
    is_merged: bool
    settled: Decided | None
    """What chose the row, or merged the rows; None: it is the first that has the e-mail."""
    values: tuple[Value, ...]
    """Of every column, in file order."""
    rows: tuple[Candidate, ...]
    """The row itself, then others that have the e-mail, as they now read; of many the first ones."""
    others: int
    """How many other rows have the e-mail: they lost to the contact, went into it, or repeat it."""
    decisions: tuple[Decided, ...]
    """What was decided about the rows shown and the e-mail, newest first; of much the newest."""
    are_all_decisions: bool


def of_contact(sessions: Sessions, user_id: int, job_id: int, email: str) -> Provenance:
    """Where the contact with a normalized e-mail comes from.

    Raises NotFound where the upload has no such contact, or no row of it has the e-mail any more.
    """
    with sessions() as session:
        upload = upload_of(owned(session, user_id, job_id))
        if upload.contact_columns is None or not provenance.is_contact(session, job_id, email):
            raise NotFound("There is no such contact in this upload.")
        numbers = _row_numbers(session, job_id, email)
        record = provenance.record(session, job_id, email)
        own = record.row_number if record and record.row_number in numbers else numbers[0]
        shown = [own, *[number for number in numbers if number != own][:ROWS_SHOWN]]
        width = len(upload.columns)
        origins = (
            _of_merged(session, job_id, record, numbers, upload.contact_columns)
            if record and record.cells
            else _of_row(session, job_id, own, width)
        )
        by_id = history.of_decisions(session, _decisions_in(record, origins))
        read = {row.row_number: row for row in rows.current(session, job_id, shown)}
        about = history.about(session, job_id, email, shown, limit=DECISIONS_SHOWN + 1)
    made = {decision: decided(entry) for decision, entry in by_id.items()}
    return Provenance(
        email=email,
        columns=upload.columns,
        row_number=own,
        is_merged=bool(record and record.cells),
        settled=made[record.decision] if record else None,
        values=_values(email, upload.columns, upload.contact_columns, record, origins, made),
        rows=tuple(candidate_of(read[number], width) for number in shown),
        others=len(numbers) - 1,
        decisions=tuple(decided(entry) for entry in about[:DECISIONS_SHOWN]),
        are_all_decisions=len(about) <= DECISIONS_SHOWN,
    )


def _row_numbers(session: Session, job_id: int, email: str) -> list[int]:
    numbers = provenance.row_numbers(session, job_id, email)
    if not numbers:  # an undo may have given the e-mail back to a row that no decision is about
        numbers = [row.row_number for row in rows.valid_with_emails(session, job_id, [email])[email]]
    if not numbers:
        raise NotFound("No row has this e-mail address any more. Contacts are made anew by finalizing.")
    return numbers


def _sources(session: Session, job_id: int, numbers: Sequence[int], width: int) -> list[SourceRow]:
    """Rows as received, with what was put over them, in the order of their numbers."""
    received = provenance.received(session, job_id, numbers)
    corrections: dict[int, list[Corrected]] = {number: [] for number in numbers}
    for row_number, decision, cells in provenance.corrections(session, job_id, numbers):
        corrections[row_number].append(Corrected(decision, cells))
    return [SourceRow(number, squared(received[number], width), corrections[number]) for number in numbers]


def _of_row(session: Session, job_id: int, number: int, width: int) -> list[Origin]:
    """The origin of every value of a row."""
    (source,) = _sources(session, job_id, [number], width)
    return [of_row(source, column) for column in range(width)]


def _of_merged(
    session: Session, job_id: int, record: Record, numbers: Sequence[int], columns: ContactColumns
) -> list[Origin]:
    """The origin of every value of a merged record."""
    assert record.cells is not None
    found: dict[int, Origin] = {}
    for first in range(0, len(numbers), _ROWS_AT_ONCE):
        sources = _sources(session, job_id, numbers[first : first + _ROWS_AT_ONCE], len(record.cells))
        for column, value in enumerate(record.cells):
            if column not in found or not found[column].row_numbers:
                is_email = column == columns.email
                found[column] = of_merged(value, column, sources, record.decision, is_email=is_email)
        if all(origin.row_numbers for origin in found.values()):
            break
    return [found[column] for column in range(len(record.cells))]


def _decisions_in(record: Record | None, origins: Sequence[Origin]) -> set[int]:
    decisions = {origin.decision for origin in origins} | {record and record.decision}
    return {decision for decision in decisions if decision is not None}


def _values(
    email: str,
    names: Sequence[str],
    columns: ContactColumns,
    record: Record | None,
    origins: Sequence[Origin],
    made: Mapping[int, Decided],
) -> tuple[Value, ...]:
    own = columns.named()
    cells = record.cells if record and record.cells else [origin.cell for origin in origins]
    return tuple(
        Value(
            column=names[at],
            value=email if at == columns.email else clean(cell) if at in own else cell,
            cell=origin.cell,
            row_numbers=origin.row_numbers,
            decision=None if origin.decision is None else made[origin.decision],
        )
        for at, (cell, origin) in enumerate(zip(cells, origins, strict=True))
    )
