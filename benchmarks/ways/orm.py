"""SQLAlchemy's ORM: an object for each row, one commit."""

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.ways import Task
from benchmarks.ways.rows import Row, Seen, read
from db.engine import make_engine, make_sessions
from db.models import Issue, IssueRow, RawRow
from ingestion.rules.issues import IssueType


def prepared(task: Task) -> Callable[[], None]:
    """Rows, issues and groups over the product's own models."""
    sessions = make_sessions(make_engine(task.settings.database_url))
    with sessions() as session:
        session.execute(text("SELECT 1"))

    def run() -> None:
        with sessions.begin() as session:
            _load(session, task)

    return run


def _load(session: Session, task: Task) -> None:
    seen = Seen()
    for row in read(task.file):
        seen.add(row)
        _add(session, task.job_id, row)
    for email, numbers, is_conflict in seen.shared():
        if is_conflict:
            detail = f"{len(numbers)} rows"
            session.add(_issue(task.job_id, IssueType.DUPLICATE_EMAIL, email, numbers[0], detail))
        for number in numbers:
            session.add(IssueRow(job_id=task.job_id, email=email, row_number=number))


def _add(session: Session, job_id: int, row: Row) -> None:
    session.add(
        RawRow(
            job_id=job_id,
            row_number=row.number,
            data_json=row.cells,
            normalized_email=row.email,
            is_valid=row.email is not None,
        )
    )
    for type_, detail in row.problems:
        session.add(_issue(job_id, type_, str(row.number), row.number, detail))


def _issue(job_id: int, type_: IssueType, key: str, row_number: int, detail: str) -> Issue:
    return Issue(job_id=job_id, type=type_, key=key, row_number=row_number, payload_json={"detail": detail})
