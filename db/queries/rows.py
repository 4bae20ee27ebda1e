"""Raw rows, and rows as decisions now have them read."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import CURRENT_ROWS, FinalContact, Issue, IssueRow, RawRow, RowEdit


class CurrentRow(NamedTuple):
    """A row as it now reads."""

    row_number: int
    data_json: list[str]
    normalized_email: str | None
    is_valid: bool
    is_skipped: bool


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[CurrentRow]:
    view = CURRENT_ROWS.c
    query = select(view.row_number, view.data_json, view.normalized_email, view.is_valid, view.is_skipped)
    return [CurrentRow(*row) for row in session.execute(query.where(*conditions).order_by(view.row_number))]


def current(session: Session, job_id: int, row_numbers: Iterable[int]) -> list[CurrentRow]:
    """The rows with these numbers, in their order in the file."""
    view = CURRENT_ROWS.c
    return _rows(session, view.job_id == job_id, view.row_number.in_(list(row_numbers)))


def valid_with_email(session: Session, job_id: int, email: str) -> list[CurrentRow]:
    """The valid rows that now have this normalized e-mail. Reads the job's rows: they have no such index."""
    view = CURRENT_ROWS.c
    return _rows(session, view.job_id == job_id, view.normalized_email == email, view.is_valid)


def raw(session: Session, job_id: int, row_number: int) -> list[str]:
    """A row's cells as received."""
    return session.get_one(RawRow, (job_id, row_number)).data_json


def put_over(
    session: Session,
    job_id: int,
    row_number: int,
    *,
    cells: Sequence[str] | None,
    normalized_email: str | None,
    is_valid: bool,
    is_skipped: bool,
) -> None:
    """Have a row read differently from now on. No cells: they stay as they are."""
    values: dict[str, Any] = {
        "normalized_email": normalized_email,
        "is_valid": is_valid,
        "is_skipped": is_skipped,
    }
    if cells is not None:
        values["data_json"] = list(cells)
    key = {"job_id": job_id, "row_number": row_number}
    statement = insert(RowEdit).values(**key, **values)
    session.execute(
        statement.on_conflict_do_update(index_elements=[RowEdit.job_id, RowEdit.row_number], set_=values)
    )


def delete_derived(session: Session, job_id: int) -> None:
    """Remove what an earlier attempt at this job's file left."""
    for table in (FinalContact, IssueRow, Issue, RowEdit, RawRow):
        session.execute(delete(table).where(table.job_id == job_id))


def analyze(session: Session) -> None:
    """Tell the planner what was just loaded: it plans set-based SQL for a single row otherwise."""
    for table in ("raw_rows", "issues", "issue_rows"):
        session.execute(text(f"ANALYZE {table}"))
