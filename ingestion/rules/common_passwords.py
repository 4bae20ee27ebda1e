"""The passwords that most people use, of those that are long enough here: `common_passwords.txt`."""

from functools import lru_cache
from importlib.resources import files


def is_common(folded: str) -> bool:
    """Whether many people use this password, given normalized and case-folded."""
    return folded in _all()


@lru_cache
def _all() -> frozenset[str]:
    """Read once, when somebody chooses a password for the first time."""
    text = files("ingestion.rules").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    _, _, listed = text.partition("\n\n")  # below the head, which says where they are from
    return frozenset(listed.splitlines())
