"""What the files are called that are made of an upload: after the file that was uploaded."""

from pathlib import PurePosixPath

from ingestion.formats import Format

TO_CORRECT = "to-correct"
LEFT_OUT = "left-out"


def contacts(filename: str, format_: Format) -> str:
    """Of the contacts as they are now: `spring-contacts.csv`."""
    return f"{_stem(filename)}-contacts.{format_}"


def version(filename: str, number: int) -> str:
    """Of the contacts that an earlier finalization made: `spring-contacts-v2.csv`."""
    return f"{_stem(filename)}-contacts-v{number}.csv"


def rows(filename: str, which: str) -> str:
    """Of rows as received, TO_CORRECT or LEFT_OUT: `spring-to-correct.csv`."""
    return f"{_stem(filename)}-{which}.csv"


def summary(filename: str) -> str:
    """Of the page of figures: `spring-summary.html`."""
    return f"{_stem(filename)}-summary.html"


def _stem(filename: str) -> str:
    return PurePosixPath(filename).stem
