"""What comes out."""

import datetime as dt

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, job_key, now, row_id


class FinalContact(Base):
    """A golden record of the newest finalization; other columns in file order."""

    __tablename__ = "final_contacts"

    job_id: Mapped[int] = job_key()
    email: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    company: Mapped[str]
    other_json: Mapped[list[str]]
    row_number: Mapped[int]


class Finalization(Base):
    """One version of a job's contacts: what it counted, the last decision it saw, the hash of its export."""

    __tablename__ = "finalizations"
    __table_args__ = (UniqueConstraint("job_id", "version"),)

    id: Mapped[int] = row_id()
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    version: Mapped[int]
    last_resolution_id: Mapped[int | None]
    total_rows: Mapped[int]
    contact_count: Mapped[int]
    skipped_count: Mapped[int]
    duplicate_count: Mapped[int]
    collapsed_count: Mapped[int]
    export_sha256: Mapped[str]
    created_at: Mapped[dt.datetime] = now()
