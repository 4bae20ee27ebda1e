"""Kinds of failed attempts at a job, and their reasons in words."""

import errno
from enum import StrEnum

from db.outages import is_out_of_resources, is_unavailable
from ingestion.errors import (
    DatabaseUnavailable,
    QueueUnavailable,
    StorageUnavailable,
    Unavailable,
    UnreadableFile,
)


class Kind(StrEnum):
    """Why an attempt failed, as it is counted."""

    UNREADABLE_FILE = "unreadable_file"
    DATABASE = "database"
    FILE_STORE = "file_store"
    QUEUE = "queue"
    DATABASE_FULL = "database_full"
    OUT_OF_MEMORY = "out_of_memory"
    DISK_FULL = "disk_full"
    OUT_OF_TIME = "out_of_time"
    WORKER_DIED = "worker_died"
    UNEXPECTED = "unexpected"


_OF_TYPE: dict[type[Exception], Kind] = {
    UnreadableFile: Kind.UNREADABLE_FILE,
    DatabaseUnavailable: Kind.DATABASE,
    StorageUnavailable: Kind.FILE_STORE,
    QueueUnavailable: Kind.QUEUE,
    MemoryError: Kind.OUT_OF_MEMORY,
}

_REASONS = {
    Kind.DATABASE: "The database does not answer.",
    Kind.DATABASE_FULL: "The database has no room left, or no memory.",
    Kind.OUT_OF_MEMORY: "The worker ran out of memory.",
    Kind.DISK_FULL: "The worker's disk is full.",
}


def kind_of(error: BaseException) -> Kind:
    """What kind of failure this error is."""
    for type_, kind in _OF_TYPE.items():
        if isinstance(error, type_):
            return kind
    if is_unavailable(error):
        return Kind.DATABASE
    if is_out_of_resources(error):
        return Kind.DATABASE_FULL
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Kind.DISK_FULL
    return Kind.UNEXPECTED


def reason_of(error: BaseException) -> str:
    """Why an attempt failed, in words for the person who waits."""
    if isinstance(error, Unavailable):
        return str(error)
    unexpected = f"Something unexpected happened ({type(error).__name__}); the worker's log has the details."
    return _REASONS.get(kind_of(error), unexpected)
