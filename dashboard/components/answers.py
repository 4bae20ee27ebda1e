"""What was answered about files that are being read, kept in the session until they are sent or removed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import streamlit as st

from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.proposal import Choices, Proposal
from ingestion.csv_file.source import Source

_FILES = "files_being_read"


@dataclass
class File:
    """A file as this session knows it, and what was answered about it."""

    source: Source
    choices: Choices = field(default_factory=Choices)
    confirmed: Mapping | None = None
    doubts_encoding: bool = False
    """Whether the operator wants another encoding than the one found."""
    found: Proposal | None = None
    """By these choices, once it was looked for: to look into a workbook takes seconds."""


@dataclass(frozen=True)
class Place:
    """Where a file is kept in the session. Not the file itself: a widget's callback outlives it."""

    name: str

    @property
    def file(self) -> File:
        """The file that is kept here."""
        found: File = st.session_state[_FILES][self.name]
        return found

    def choose(self, **chosen: object) -> None:
        """Take an answer. What was confirmed of the columns goes: these may be others now."""
        choices = replace(self.file.choices, **chosen)  # type: ignore[arg-type]
        st.session_state[_FILES][self.name] = File(self.file.source, choices)

    def choose_encoding(self, encoding: str) -> None:
        """Take an answer in which the header may stand elsewhere."""
        self.choose(encoding=encoding, header_row=None)

    def ask_encoding(self) -> None:
        """Ask for the encoding, whatever was found or answered."""
        self.choose(encoding=None, header_row=None)
        self.file.doubts_encoding = True

    def reset(self) -> None:
        """Forget every answer."""
        st.session_state[_FILES][self.name] = File(self.file.source)

    def key(self, *parts: object) -> str:
        """The key of a widget that belongs to this file."""
        return "_".join(map(str, ("reading", self.name, *parts)))


def begin(name: str, examine: Callable[[], Source]) -> None:
    """Look at a file, once. Raises what `examine` does."""
    files: dict[str, File] = st.session_state.setdefault(_FILES, {})
    if name not in files:
        files[name] = File(examine())


def keep_only(names: Collection[str]) -> None:
    """Forget the files of any other name: one may be a workbook of many megabytes."""
    files: dict[str, File] = st.session_state.setdefault(_FILES, {})
    for name in files.keys() - set(names):
        del files[name]


def is_open(name: str) -> bool:
    """Whether it is a file that may be read in some way, and not another kind of file."""
    return name in st.session_state[_FILES]
