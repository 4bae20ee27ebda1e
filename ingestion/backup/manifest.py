"""What a backup holds, as its manifest says."""

import datetime as dt
from dataclasses import dataclass

FORMAT = 1
"""Of the archive: another number where a reader must know more than this one does."""
DATABASE = "database.dump"
"""The name of the database's dump in the archive."""


@dataclass(frozen=True)
class Content:
    """What a part of the archive must be. The size is in bytes, the hash in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class StoredObject:
    """An uploaded file in the archive."""

    key: str
    content: Content


@dataclass(frozen=True)
class MissingObject:
    """A file that a job in the dump names and that was not in the store: why, its status may tell."""

    key: str
    job_id: int
    status: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds."""

    format: int
    product_version: str
    schema_revision: str
    postgres_version: str
    made_at: dt.datetime
    """When the snapshot of the database was taken. UTC."""
    counts: dict[str, int]
    database_bytes: int
    """What the database took on its server's disk."""
    dump: Content
    objects: tuple[StoredObject, ...]
    missing: tuple[MissingObject, ...]

    @property
    def object_bytes(self) -> int:
        """The size of all uploaded files together."""
        return sum(stored.content.size for stored in self.objects)

    def contents(self) -> dict[str, Content]:
        """Every part but the manifest, by its name in the archive."""
        return {DATABASE: self.dump} | {name_of(stored.key): stored.content for stored in self.objects}


def name_of(key: str) -> str:
    """Where the object with this key is in the archive."""
    return f"objects/{key}"
