"""Where a sign-in is kept on this machine: one file for each installation, which only its owner can read."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import make_url

from ingestion.errors import IngestionError

INSTALLATION = "INGEST_INSTALLATION"
"""Names what runs here by `python3 run.py`, whose database may have another port at each start."""


class UnsafePlace(IngestionError):
    """Others may have read the sign-in that is kept here, or put it here."""


@dataclass(frozen=True)
class Kept:
    """A sign-in. Whoever has its token is signed in, so it goes nowhere else."""

    token: str
    email: str
    browser: str
    """What shows that the owner of the account signed in here before."""


@dataclass(frozen=True)
class Place:
    """The file of one installation."""

    path: Path

    @classmethod
    def of(cls, database_url: str, environment: Mapping[str, str]) -> Self:
        """The place for an installation, which is known by its database, without the password."""
        state = Path(environment.get("XDG_STATE_HOME", ""))
        if not state.is_absolute():  # XDG Base Directory Specification: a relative one is ignored
            state = Path.home() / ".local" / "state"
        name = environment.get(INSTALLATION) or _without_password(database_url)
        return cls(state / "ingest" / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json")

    def read(self) -> Kept | None:
        """The sign-in that is kept, if one is. Raises UnsafePlace, OSError."""
        try:
            with self.path.open(encoding="utf-8") as file:
                self._require_own(os.fstat(file.fileno()))
                return Kept(**json.load(file))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, kept: Kept) -> None:
        """Keep a sign-in in place of the one before. Raises OSError."""
        with self.replacing() as keep:
            keep(kept)

    @contextlib.contextmanager
    def replacing(self) -> Iterator[Callable[[Kept], None]]:
        """What keeps a sign-in in place of the one before. Raises OSError where there is no room for one.

        The one before stays until then.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # It is made with mode 0600, and is whole when it gets its name.
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=".sign-in-")
        made = Path(name)

        def keep(kept: Kept) -> None:
            made.write_text(json.dumps(asdict(kept)), encoding="utf-8")
            made.replace(self.path)

        try:
            os.close(descriptor)
            yield keep
        finally:
            made.unlink(missing_ok=True)

    def forget(self, kept: Kept) -> None:
        """Keep no token any more; that somebody signed in here before stays known."""
        self.write(Kept("", kept.email, kept.browser))

    def _require_own(self, found: os.stat_result) -> None:
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise UnsafePlace(
                f"Others can read or change {self.path}, in which your sign-in is kept. Remove the file, end "
                "the session on the page Account, and sign in again."
            )


def _without_password(database_url: str) -> str:
    url = make_url(database_url)
    host = (url.host or "").lower()
    query = sorted((key, value) for key, value in url.query.items() if "password" not in key)
    more = f"?{query}" if query else ""  # a host, a port or a user may stand there too
    return f"{url.username}@{host}:{url.port or 5432}/{url.database}{more}"
