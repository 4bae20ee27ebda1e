"""A job's row, for tests of what becomes of it."""

from sqlalchemy import text

from db.engine import Sessions


def row_of(sessions: Sessions, job_id: int) -> dict[str, object]:
    with sessions() as session:
        return dict(session.execute(text("SELECT * FROM jobs WHERE id = :j"), {"j": job_id}).mappings().one())


def set_row(sessions: Sessions, job_id: int, assignments: str) -> None:
    with sessions.begin() as session:
        session.execute(text(f"UPDATE jobs SET {assignments} WHERE id = :j"), {"j": job_id})
