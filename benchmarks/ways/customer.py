"""The worker as the customer's description has it, on tables of its own: each step asks the database.

A valid row is inserted and flushed; an issue is looked up before it is inserted, so that a message that comes
twice does no harm; the e-mails that several rows have are found by GROUP BY, and the rows of each by a query.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.ways import Task
from benchmarks.ways.rows import read
from db.engine import make_engine, make_sessions
from ingestion.rules.identity import identity
from ingestion.rules.issues import IssueType
from tests.contacts import HEADER


class Base(DeclarativeBase):
    """The customer's tables, in a schema that is made for a run."""

    type_annotation_map = {dict[str, Any]: JSONB}  # noqa: RUF012  (SQLAlchemy reads it from the class)


class Job(Base):
    """An upload."""

    __tablename__ = "jobs"
    __table_args__ = {"schema": "customer"}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    conflict_count: Mapped[int] = mapped_column(default=0)


class RawRow(Base):
    """A valid row."""

    __tablename__ = "raw_rows"
    __table_args__ = (Index("ix_raw_rows_job_id_email", "job_id", "normalized_email"), {"schema": "customer"})

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey(Job.id), index=True)
    row_number: Mapped[int]
    data_json: Mapped[dict[str, Any]]
    normalized_email: Mapped[str]
    is_valid: Mapped[bool]


class Issue(Base):
    """What a person has to settle."""

    __tablename__ = "issues"
    __table_args__ = (Index("ix_issues_job_id_type_key", "job_id", "type", "key"), {"schema": "customer"})

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey(Job.id), index=True)
    type: Mapped[str]
    key: Mapped[str]
    payload_json: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="OPEN")


IDENTITY = ("first_name", "last_name", "company")


def prepared(task: Task) -> Callable[[], None]:
    """Make the tables; then one transaction, as the others."""
    engine = make_engine(task.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS customer CASCADE"))
        connection.execute(text("CREATE SCHEMA customer"))
    Base.metadata.create_all(engine)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        session.add(Job(id=task.job_id, status="PENDING"))

    def run() -> None:
        with sessions.begin() as session:
            _process(session, task)

    return run


def _process(session: Session, task: Task) -> None:
    job = session.get_one(Job, task.job_id)
    job.status = "PROCESSING"
    session.flush()
    for row in read(task.file):
        if row.email is not None:
            session.add(
                RawRow(
                    job_id=job.id,
                    row_number=row.number,
                    data_json=dict(zip(HEADER, row.cells, strict=True)),
                    normalized_email=row.email,
                    is_valid=True,
                )
            )
            session.flush()
        for type_, detail in row.problems:
            _raise(session, job.id, type_, str(row.number), {"detail": detail, "cells": row.cells})
    _detect_duplicates(session, job.id)
    is_open = (Issue.job_id == job.id) & (Issue.status == "OPEN")
    job.conflict_count = session.scalars(select(func.count()).select_from(Issue).where(is_open)).one()
    job.status = "NEEDS_REVIEW"


def _raise(session: Session, job_id: int, type_: IssueType, key: str, payload: dict[str, Any]) -> None:
    query = select(Issue).where(Issue.job_id == job_id, Issue.type == type_, Issue.key == key)
    if session.scalars(query).first() is None:
        session.add(Issue(job_id=job_id, type=type_, key=key, payload_json=payload))
        session.flush()


def _detect_duplicates(session: Session, job_id: int) -> None:
    several = (
        select(RawRow.normalized_email)
        .where(RawRow.job_id == job_id)
        .group_by(RawRow.normalized_email)
        .having(func.count() > 1)
    )
    for email in session.scalars(several).all():
        query = select(RawRow).where(RawRow.job_id == job_id, RawRow.normalized_email == email)
        rows = session.scalars(query.order_by(RawRow.row_number)).all()
        if len({identity(*(row.data_json[name] for name in IDENTITY)) for row in rows}) > 1:
            candidates = [{"raw_row_id": row.id, "data": row.data_json} for row in rows]
            _raise(session, job_id, IssueType.DUPLICATE_EMAIL, email, {"candidates": candidates})
