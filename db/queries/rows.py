"""Raw rows, and rows as decisions now have them read."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, delete, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.copying import copy_out_lines, lines_copied
from db.models import CURRENT_ROWS, FinalContact, Issue, IssueRow, RawRow, RowEdit

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


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


def current(session: Session, job_id: int, row_numbers: Collection[int]) -> list[CurrentRow]:
    """The rows with these numbers, in their order in the file."""
    view = CURRENT_ROWS.c
    return _rows(session, view.job_id == job_id, view.row_number == any_(_numbers(row_numbers)))


def emails_of_valid(session: Session, job_id: int, row_numbers: Collection[int]) -> list[str]:
    """The normalized e-mails of those of the rows that are valid, one for each."""
    view = CURRENT_ROWS.c
    among = (view.job_id == job_id) & (view.row_number == any_(_numbers(row_numbers)))
    return list(session.scalars(select(view.normalized_email).where(among, view.is_valid)))


def _numbers(row_numbers: Collection[int]) -> ColumnElement[list[int]]:
    return literal(list(row_numbers), ARRAY(BigInteger))


def valid_with_email(session: Session, job_id: int, email: str) -> list[CurrentRow]:
    """The valid rows that now have this normalized e-mail. Reads the job's rows: they have no such index."""
    view = CURRENT_ROWS.c
    return _rows(session, view.job_id == job_id, view.normalized_email == email, view.is_valid)


def raw(session: Session, job_id: int, row_number: int) -> list[str]:
    """A row's cells as received."""
    return session.get_one(RawRow, (job_id, row_number)).data_json


def put_over(
    session: Session, job_id: int, row_number: int, cells: Sequence[str], normalized_email: str | None
) -> None:
    """Have a row read differently from now on; it is valid if it has a normalized e-mail."""
    values: dict[str, Any] = {
        "data_json": list(cells),
        "normalized_email": normalized_email,
        "is_valid": normalized_email is not None,
        "is_skipped": False,
    }
    statement = insert(RowEdit).values(job_id=job_id, row_number=row_number, **values)
    key = [RowEdit.job_id, RowEdit.row_number]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))


def leave_out(session: Session, job_id: int, row_numbers: Collection[int]) -> None:
    """Leave rows out of the final contacts. Their cells stay as they read."""
    session.execute(
        text("""
        INSERT INTO row_edits (job_id, row_number, normalized_email, is_valid, is_skipped)
        SELECT :job, number, NULL, false, true FROM unnest(CAST(:rows AS bigint[])) number
        ON CONFLICT (job_id, row_number)
        DO UPDATE SET normalized_email = NULL, is_valid = false, is_skipped = true
        """),
        {"job": job_id, "rows": list(row_numbers)},
    )


def delete_derived(session: Session, job_id: int) -> None:
    """Remove what an earlier attempt at this job's file left."""
    for table in (FinalContact, IssueRow, Issue, RowEdit, RawRow):
        session.execute(delete(table).where(table.job_id == job_id))


def analyze(session: Session) -> None:
    """Tell the planner what was just loaded: it plans set-based SQL for a single row otherwise."""
    for table in ("raw_rows", "issues", "issue_rows"):
        session.execute(text(f"ANALYZE {table}"))


def copy_names(
    session: Session,
    job_id: int,
    row_numbers: Iterable[int],
    columns: Sequence[int | None],
    sink: "SupportsWrite[bytes]",
) -> None:
    """Write of rows as received, in order, what `names_copied` reads; blank for a column that is None."""
    cells = ", ".join("''" if at is None else f"data_json ->> {at:d}" for at in columns)
    numbers = ",".join(f"{number:d}" for number in row_numbers)
    # By COPY, as there may be hundreds of thousands: a third of the time that a cursor takes.
    copy_out_lines(
        session,
        f"SELECT row_number, normalized_email, {cells} FROM raw_rows"  # noqa: S608  (integers only)
        f" WHERE job_id = {job_id:d} AND row_number = ANY('{{{numbers}}}') ORDER BY row_number",
        sink,
    )


def names_copied(content: bytes) -> Iterator[tuple[int, str, list[str]]]:
    """Of each row its number, its normalized e-mail, and the cells of the columns."""
    return ((int(number), email, names) for number, email, *names in lines_copied(content))
