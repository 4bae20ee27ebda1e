"""Runs migrations: `python -m alembic upgrade head` with DATABASE_URL set."""

import os
import sys

from alembic import context
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from db.models import Base
from ingestion.errors import InvalidSettings  # this file is a program, above the layers
from ingestion.settings import load_settings
from ingestion.telemetry import logs

# Two processes that start together migrate once: the second waits here and then finds nothing to do.
MIGRATION_LOCK = 7_203_485_001
LOCK_TIMEOUT = "10s"
"""How long a migration waits for a table that somebody uses, before it gives up and can be tried again."""


def _database_url() -> str:
    given = context.config.attributes.get("database_url") or os.environ.get("DATABASE_URL")
    if not given:
        sys.exit("DATABASE_URL is not set. Expected: postgresql://user:password@host:5432/ingestion_db.")
    return make_url(str(given)).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def migrate() -> None:
    """Bring the database to the newest version, in one transaction, one process at a time."""
    engine = create_engine(_database_url(), poolclass=NullPool)
    with engine.connect() as guard, engine.connect() as connection:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if "database_url" not in context.config.attributes:  # a process of its own
    try:
        logs.configure(load_settings(), "migration")
    except InvalidSettings as error:
        sys.exit(f"The migration cannot start. {error}")
migrate()
