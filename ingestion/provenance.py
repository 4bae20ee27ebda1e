"""Where a contact comes from: for every value its row and who put it there, and what became of other rows.

Worked out from rows and decisions as they stand, by the rule by which contacts are made. In an upload that
went back to review it thus tells what the contact would be made of now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import history, provenance, rows
from ingestion.access import permitted
from ingestion.cases import Candidate, candidate_of
from ingestion.errors import NotFound
from ingestion.history import Decided, decided
from ingestion.rules.cells import clean
from ingestion.rules.permissions import Permission
from ingestion.rules.provenance import Corrected, Origin, SourceRow, of_merged, of_row
from ingestion.rules.validation import ContactColumns, squared
from ingestion.viewing import Upload, upload_of

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
        return traced(session, permitted(session, user_id, job_id, Permission.VIEW), email)


def traced(session: Session, job: Job, email: str) -> Provenance:
    """The same within a session, for whoever may see the job."""
    upload = upload_of(job)
    if upload.contact_columns is None or not provenance.is_contact(session, job.id, email):
        raise NotFound("There is no such contact in this upload.")
    return _Tracing(session, upload, upload.contact_columns, email).provenance()


class _Tracing:
    """One contact, traced within a session."""

    def __init__(self, session: Session, upload: Upload, columns: ContactColumns, email: str) -> None:
        self._session = session
        self._job_id = upload.id
        self._names = upload.columns
        self._columns = columns
        self._email = email
        self._numbers = self._row_numbers()
        self._record = provenance.record(session, upload.id, email)
        chosen = self._record.row_number if self._record else 0
        self._own = chosen if chosen in self._numbers else self._numbers[0]

    def provenance(self) -> Provenance:
        """Where it comes from."""
        record, origins = self._record, self._origins()
        made = self._decisions(origins)
        shown = [self._own, *[number for number in self._numbers if number != self._own][:ROWS_SHOWN]]
        read = {row.row_number: row for row in rows.current(self._session, self._job_id, shown)}
        about = history.about(self._session, self._job_id, self._email, shown, limit=DECISIONS_SHOWN + 1)
        return Provenance(
            email=self._email,
            columns=self._names,
            row_number=self._own,
            is_merged=bool(record and record.cells),
            settled=made[record.decision] if record else None,
            values=tuple(self._values(origins, made)),
            rows=tuple(candidate_of(read[number], len(self._names)) for number in shown),
            others=len(self._numbers) - 1,
            decisions=tuple(decided(entry) for entry in about[:DECISIONS_SHOWN]),
            are_all_decisions=len(about) <= DECISIONS_SHOWN,
        )

    def _row_numbers(self) -> list[int]:
        numbers = provenance.row_numbers(self._session, self._job_id, self._email)
        if not numbers:  # an undo may have given the e-mail back to a row that no decision is about
            found = rows.valid_with_emails(self._session, self._job_id, [self._email])
            numbers = [row.row_number for row in found[self._email]]
        if not numbers:
            raise NotFound("No row has this e-mail address any more. Contacts are made anew by finalizing.")
        return numbers

    def _origins(self) -> list[Origin]:
        """Where the value of each column comes from."""
        if self._record and self._record.cells:
            return self._of_merged(self._record.cells, self._record.decision)
        (row,) = self._sources([self._own])
        return [of_row(row, column) for column in range(len(self._names))]

    def _of_merged(self, cells: Sequence[str], decision: int) -> list[Origin]:
        found = [Origin(value, (), decision) for value in cells]
        for first in range(0, len(self._numbers), _ROWS_AT_ONCE):
            sources = self._sources(self._numbers[first : first + _ROWS_AT_ONCE])
            for column in [at for at, origin in enumerate(found) if not origin.row_numbers]:
                is_email = column == self._columns.email
                found[column] = of_merged(cells[column], column, sources, decision, is_email=is_email)
            if all(origin.row_numbers for origin in found):
                break
        return found

    def _sources(self, numbers: Sequence[int]) -> list[SourceRow]:
        """Rows as received, with what was put over them."""
        received = provenance.received(self._session, self._job_id, numbers)
        corrections: dict[int, list[Corrected]] = {number: [] for number in numbers}
        for row_number, decision, cells in provenance.corrections(self._session, self._job_id, numbers):
            corrections[row_number].append(Corrected(decision, cells))
        return [
            SourceRow(number, squared(received[number], len(self._names)), corrections[number])
            for number in numbers
        ]

    def _decisions(self, origins: Sequence[Origin]) -> dict[int, Decided]:
        """The decisions behind the record and its values."""
        ids = {origin.decision for origin in origins if origin.decision is not None}
        if self._record:
            ids.add(self._record.decision)
        found = history.of_decisions(self._session, ids)
        return {decision: decided(entry) for decision, entry in found.items()}

    def _values(self, origins: Sequence[Origin], made: Mapping[int, Decided]) -> Iterator[Value]:
        merged = self._record.cells if self._record else None
        for column, origin in enumerate(origins):
            cell = merged[column] if merged else origin.cell
            yield Value(
                column=self._names[column],
                value=self._as_made(column, cell),
                cell=origin.cell,
                row_numbers=origin.row_numbers,
                decision=None if origin.decision is None else made[origin.decision],
            )

    def _as_made(self, column: int, cell: str) -> str:
        """What a contact has of a record's cell."""
        if column == self._columns.email:
            return self._email
        return clean(cell) if column in self._columns.named() else cell
