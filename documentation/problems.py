"""What is wrong on a page, and where."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is not as it says, on a line of a page of the repository."""

    page: str
    line: int
    message: str

    def __str__(self) -> str:
        """As compilers say it, so that editors find the place."""
        return f"{self.page}:{self.line}: {self.message}"
