"""The versions of a job's contacts."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from db.models import Finalization
from db.queries.people import full_name


class Version(NamedTuple):
    """A version in a list."""

    number: int
    made_at: dt.datetime
    contact_count: int
    decided_by: list[str]
    """Who decided something since the version before."""


def add(session: Session, **values: object) -> None:
    """Record a version of the job's contacts; versions count from 1."""
    job_id = values["job_id"]
    version = select(func.coalesce(func.max(Finalization.version), 0) + 1).where(
        Finalization.job_id == job_id
    )
    session.execute(insert(Finalization).values(version=version.scalar_subquery(), **values))


def newest(session: Session, job_id: int) -> Finalization | None:
    """The job's newest version."""
    query = select(Finalization).where(Finalization.job_id == job_id).order_by(Finalization.version.desc())
    return session.scalars(query.limit(1)).first()


def of_job(session: Session, job_id: int) -> Sequence[Finalization]:
    """The job's versions, oldest first."""
    query = select(Finalization).where(Finalization.job_id == job_id).order_by(Finalization.version)
    return session.scalars(query).all()


def listed(session: Session, job_id: int) -> list[Version]:
    """The job's versions and who decided, newest first."""
    found = session.execute(
        text(f"""
        SELECT version, created_at, contact_count,
               ARRAY(SELECT DISTINCT {full_name()}
                       FROM issue_resolutions entry JOIN users ON users.id = entry.decided_by
                      WHERE entry.job_id = :job AND entry.caused_by IS NULL
                        AND entry.id > seen_before AND entry.id <= last_resolution_id
                      ORDER BY 1)
          FROM (SELECT *, coalesce(lag(last_resolution_id) OVER (ORDER BY version), 0) AS seen_before
                  FROM finalizations WHERE job_id = :job) made
         ORDER BY version DESC
        """),
        {"job": job_id},
    )
    return [Version(*row) for row in found]
