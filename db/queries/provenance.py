"""The rows of one e-mail, and what was decided about them, without reading a job's other rows."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from db.models import FinalContact, RawRow
from db.queries.contacts import DECIDED


class Record(NamedTuple):
    """What somebody decided to keep of the rows of an e-mail."""

    row_number: int
    """The row that was chosen, or the first of those merged."""
    cells: list[str] | None
    """The merged record."""
    decision: int


class Correction(NamedTuple):
    """A decision that put values over a row, and that nobody has undone."""

    row_number: int
    decision: int
    cells: list[str]


def is_contact(session: Session, job_id: int, email: str) -> bool:
    """Whether the newest finalization made a contact with this e-mail."""
    made = exists().where(FinalContact.job_id == job_id, FinalContact.email == email)
    return bool(session.scalar(select(made)))


def row_numbers(session: Session, job_id: int, email: str) -> list[int]:
    """The valid rows that now have this normalized e-mail, of which there is a contact, in file order."""
    found = session.scalars(
        text("""
        SELECT row_number FROM current_rows
         WHERE job_id = :job AND is_valid AND normalized_email = :email AND row_number IN (
               SELECT row_number FROM issue_rows WHERE job_id = :job AND email = :email
                UNION
               SELECT row_number FROM final_contacts WHERE job_id = :job AND email = :email)
         ORDER BY row_number
        """),
        {"job": job_id, "email": email},
    )
    return list(found)


def record(session: Session, job_id: int, email: str) -> Record | None:
    """What was chosen or merged of the rows of an e-mail, if that is how they were settled."""
    found = session.execute(
        text(f"WITH {DECIDED} SELECT row_number, values_json, decision FROM decided WHERE email = :email"),
        {"job": job_id, "email": email},
    ).first()
    return Record(*found) if found else None


def received(session: Session, job_id: int, numbers: Collection[int]) -> dict[int, list[str]]:
    """The cells of rows as received, by row number."""
    query = select(RawRow.row_number, RawRow.data_json)
    found = session.execute(query.where(RawRow.job_id == job_id, RawRow.row_number.in_(numbers)))
    return dict(iter(found))


def corrections(session: Session, job_id: int, numbers: Collection[int]) -> list[Correction]:
    """What was put over rows, oldest first."""
    found = session.execute(
        text("""
        SELECT entry.row_number, entry.id, entry.values_json
          FROM issue_resolutions entry
          LEFT JOIN bulk_decisions bulk ON bulk.id = entry.batch_id
         WHERE entry.job_id = :job AND entry.row_number = ANY(:rows) AND entry.email IS NULL
           AND entry.values_json IS NOT NULL AND entry.caused_by IS NULL
           AND NOT EXISTS (SELECT FROM issue_resolutions undo
                            WHERE undo.reverses = coalesce(bulk.first_resolution_id, entry.id))
         ORDER BY entry.id
        """),
        {"job": job_id, "rows": list(numbers)},
    )
    return [Correction(*row) for row in found]
