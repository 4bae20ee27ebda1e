"""What was received, and what decisions put over it."""

from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, job_key


class RawRow(Base):
    """A record as received. Insert-only, and no further index, which would slow loading."""

    __tablename__ = "raw_rows"

    job_id: Mapped[int] = job_key()
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data_json: Mapped[list[str]]
    normalized_email: Mapped[str | None]
    is_valid: Mapped[bool]


CURRENT_ROWS = Table(
    "current_rows",
    MetaData(),  # a view, of its own: Alembic compares tables only
    Column("job_id", BigInteger),
    Column("row_number", BigInteger),
    Column("data_json", JSONB),
    Column("normalized_email", Text),
    Column("is_valid", Boolean),
    Column("is_skipped", Boolean),
)
"""Rows as they now read: the values that decisions put over them, else those received."""


class RowEdit(Base):
    """What decisions put over a raw row. Derived from the log: `current_rows` joins the two.

    The resolution is the decision that did, not a consequence of it.
    """

    __tablename__ = "row_edits"

    job_id: Mapped[int] = job_key()
    row_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data_json: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    normalized_email: Mapped[str | None]
    is_valid: Mapped[bool]
    is_skipped: Mapped[bool]
    resolution_id: Mapped[int | None]
