"""What all models share: names of constraints, types, and the columns that recur."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Identity, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of the models: 64-bit keys, times with zone, text without length, cells as JSONB."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        str: Text,
        int: BigInteger,
        dt.datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }


def row_id() -> Mapped[int]:
    """A number that the database gives."""
    return mapped_column(Identity(), primary_key=True)


def now() -> Mapped[dt.datetime]:
    """When the row was written."""
    return mapped_column(server_default=func.now())


def job_key() -> Mapped[int]:
    """The job that a row belongs to, as the first part of its key."""
    # No foreign key: these tables are loaded in bulk, and one makes an insert two to three times slower.
    return mapped_column(primary_key=True, autoincrement=False)
