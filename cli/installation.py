"""The installation that a command works on, by the environment: each part is made when first asked for."""

import os
from functools import cached_property, partial
from pathlib import Path

import click
from sqlalchemy import Engine

from cli.exits import NotSignedIn
from cli.place import Kept, Place
from db.engine import Sessions, make_engine, make_sessions
from ingestion import health, words
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.settings import Settings, load_settings
from ingestion.storage import Bucket, make_bucket
from ingestion.telemetry import process, traces
from tasks import sending

_SIGN_IN = "Sign in with: ingest sign-in EMAIL"


class Installation:
    """Settings, database, store and queue, and who is signed in. `log` is the file of events, if any."""

    def __init__(self, log: Path | None = None) -> None:
        self._log = log
        self._engine: Engine | None = None

    @cached_property
    def settings(self) -> Settings:
        """This process's settings. Raises InvalidSettings."""
        found = load_settings()
        process.start(found, "command", self._log)
        return found

    @cached_property
    def sessions(self) -> Sessions:
        """Makes sessions on the database."""
        self._engine = make_engine(self.settings.database_url)
        return make_sessions(self._engine)

    @cached_property
    def bucket(self) -> Bucket:
        """Where uploaded files are."""
        return make_bucket(self.settings)

    @cached_property
    def place(self) -> Place:
        """Where the sign-in is kept."""
        return Place.of(self.settings.database_url, os.environ)

    def kept(self) -> Kept:
        """The sign-in of this machine. Raises NotSignedIn."""
        kept = self.place.read()
        if kept is None or not kept.token:
            raise NotSignedIn(f"You are not signed in. {_SIGN_IN}")
        return kept

    def account(self, *, is_activity: bool = True) -> Account:
        """Who is signed in, asked anew each time. `is_activity`: whether a person did something just now.

        Raises NotSignedIn, which says how the session ended.
        """
        kept = self.kept()
        with health.answering():
            account = web_sessions.account_of(self.sessions, kept.token, is_activity=is_activity)
            if account is not None:
                return account
            ended = web_sessions.ending_of(self.sessions, kept.token)
        why = words.ending(ended) if ended else "You are not signed in any more."
        raise NotSignedIn(f"{why} {_SIGN_IN}")

    def enqueue_process(self, job_id: int, file_key: str) -> None:
        """Have an uploaded file processed. Raises QueueUnavailable."""
        sending.within_seconds(partial(sending.process_job, job_id, file_key))

    def enqueue_finalize(self, job_id: int) -> None:
        """Have a reviewed upload finalized. Raises QueueUnavailable."""
        sending.within_seconds(partial(sending.finalize_job, job_id))

    def close(self) -> None:
        """Give back connections, and send what was traced."""
        if self._engine is not None:
            self._engine.dispose()
        traces.stop()


pass_installation = click.make_pass_decorator(Installation, ensure=True)
"""Hands a command the installation as its first argument."""
