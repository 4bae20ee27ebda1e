"""Where a sign-in is kept on this machine: one file for each installation, which only its owner can read."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

_INSTALLATION = "INGEST_INSTALLATION"
"""Names what runs here by `python3 run.py`, whose database may have another port at each start."""


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
        state = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        name = environment.get(_INSTALLATION) or _without_password(database_url)
        return cls(Path(state) / "ingest" / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json")

    def read(self) -> Kept | None:
        """The sign-in that is kept, if one is. Raises OSError."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return Kept(**found)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, kept: Kept) -> None:
        """Keep a sign-in in place of the one before. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # It is made with mode 0600, and is whole when it gets its name.
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=".sign-in-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(kept.__dict__, file)
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    def forget(self, kept: Kept) -> None:
        """Keep no token any more; that somebody signed in here before stays known."""
        self.write(Kept("", kept.email, kept.browser))


def _without_password(database_url: str) -> str:
    parts = urlsplit(database_url)
    return f"{parts.username}@{parts.hostname}:{parts.port or 5432}{parts.path}"
