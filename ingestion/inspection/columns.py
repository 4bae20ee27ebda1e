"""What columns each table has: name, dtype and meaning, for whoever reads them and for the documentation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from inspect import cleandoc
from typing import TypeVar

import pandas as pd

from db.queries.inspecting import Asked
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus

INTEGER, NUMBER, TEXT, YES_NO = "Int64", "Float64", "string", "boolean"
TIME = "datetime64[us, UTC]"
CATEGORY, ANYTHING = "category", "object"


class RowState(StrEnum):
    """Whether a row can become a contact."""

    USABLE = "usable"
    NOT_USABLE = "not usable"
    """Broken, or without an e-mail that can be used, and nobody has decided about it yet."""
    LEFT_OUT = "left out"


class IssueStatus(StrEnum):
    """Whether an issue waits for a decision."""

    OPEN = "open"
    SETTLED = "settled"


FIELDS = ("email", "first_name", "last_name", "company")
"""A contact's own."""


@dataclass(frozen=True)
class Column:
    """A column of a table. All dtypes take `pd.NA`, or `NaT`."""

    name: str
    dtype: str
    """As pandas names it."""
    doc: str
    categories: tuple[str, ...] = ()
    """Of a category all that it can be, in order."""

    @property
    def pandas_dtype(self) -> "pd.CategoricalDtype | str":
        """What pandas makes a column of."""
        return pd.CategoricalDtype(list(self.categories)) if self.categories else self.dtype


@dataclass(frozen=True)
class Frame:
    """A table: what a row of it is, its columns, and whether the file's own columns follow."""

    name: str
    """Of the method that gives it."""
    row: str
    columns: tuple[Column, ...]
    has_file_columns: bool = False
    """All of them text; a cell that the row does not have is `pd.NA`, a blank one is empty."""

    def as_text(self) -> str:
        """For `help`."""
        width = max(len(column.name) for column in self.columns)
        kind = max(len(column.dtype) for column in self.columns)
        lines = [f"{column.name:{width}}  {column.dtype:{kind}}  {column.doc}" for column in self.columns]
        if self.has_file_columns:
            lines.append(f"{'…':{width}}  {TEXT:{kind}}  the file's own columns, in file order")
        return "\n".join([f"One row: {self.row}", "", *lines])

    def as_markdown(self) -> str:
        """For the documentation."""
        lines = [f"| `{column.name}` | {column.dtype} | {column.doc} |" for column in self.columns]
        if self.has_file_columns:
            lines.append(f"| … | {TEXT} | the file's own columns, in file order |")
        return "\n".join([f"`{self.name}`: {self.row}.", "", "| column | dtype | |", "|---|---|---|", *lines])


_ISSUE_TYPES = tuple(IssueType)
_FILE = Column("file", TEXT, "the file's name as it was uploaded")
_JOB_STATUS = Column("status", CATEGORY, "where the upload stands", tuple(JobStatus))
_ROW_NUMBER = Column("row_number", INTEGER, "the row's number in the file, where the header counts as well")
_TYPE = Column("type", CATEGORY, "what is asked", _ISSUE_TYPES)
_STANDING = Column("asked", CATEGORY, "whether somebody is asked about the group", tuple(Asked))
_ACTION = Column("action", CATEGORY, "what was decided", tuple(Action))

_JOBS = Frame(
    "jobs",
    "an upload, newest first",
    (
        Column("job_id", INTEGER, "the upload's number"),
        _FILE,
        _JOB_STATUS,
        Column("owner", TEXT, "who uploaded it"),
        Column("owner_email", TEXT, "the e-mail of their account"),
        Column("bytes", INTEGER, "the size of the file"),
        Column("rows", INTEGER, "rows in the file; 0 before it is read"),
        Column("valid_rows", INTEGER, "rows that can become a contact as they now read"),
        Column("open_issues", INTEGER, "issues that wait for a decision"),
        Column("created_at", TIME, "when it was uploaded"),
        Column("started_at", TIME, "when a worker began to read it"),
        Column("processed_at", TIME, "when its rows were checked"),
        Column("completed_at", TIME, "when its contacts were made"),
        Column("seconds", NUMBER, "from started_at to processed_at: reading, checking, comparing, storing"),
        Column("rows_per_second", NUMBER, "rows by these seconds"),
        Column("error", TEXT, "why it failed, or why its last attempt did"),
    ),
)
_ROWS = Frame(
    "rows",
    "a row of the file, in file order",
    (
        _ROW_NUMBER,
        Column("state", CATEGORY, "whether it can become a contact", tuple(RowState)),
        Column(
            "surplus", ANYTHING, "the cells beyond the header, a tuple; empty for a row of the right shape"
        ),
    ),
    has_file_columns=True,
)
_ISSUES = Frame(
    "issues",
    "an issue, by row number",
    (
        Column("issue_id", INTEGER, "the issue's number"),
        _TYPE,
        Column("status", CATEGORY, "whether it waits for a decision", tuple(IssueStatus)),
        Column("row_number", INTEGER, "the row that it is about; of a duplicate group the first one"),
        Column("email", TEXT, "of a duplicate group its e-mail; else what stands in the row's e-mail cell"),
        Column("rows", INTEGER, "how many rows it is about"),
        Column("detail", TEXT, "what is wrong, in words; often blank, the type saying it"),
        Column("decided_by", TEXT, "who settled it"),
    ),
)
_DUPLICATES = Frame(
    "duplicates",
    "a row that shares its e-mail with others, by e-mail and row number",
    (
        Column("email", TEXT, "the e-mail that the group shares, normalized"),
        _ROW_NUMBER,
        Column("group_size", INTEGER, "how many rows share it"),
        _STANDING,
        Column("kept", YES_NO, "whether the contact comes from this row; NA while that is open"),
        _ACTION,
        Column("decided_by", TEXT, "who decided about the group"),
        Column("issue_id", INTEGER, "the group's issue; NA where nobody is asked"),
    ),
    has_file_columns=True,
)
_DECISIONS = Frame(
    "decisions",
    "a decision, or one answer to many issues, newest first",
    (
        Column("decision_id", INTEGER, "the number of the entry in the log"),
        Column("decided_at", TIME, "when"),
        Column("decided_by", TEXT, "who"),
        _ACTION,
        Column("answer", CATEGORY, "the answer that many issues got; NA for a single one", tuple(BulkAnswer)),
        Column("type", CATEGORY, "the issue's type; NA where there are several", _ISSUE_TYPES),
        Column("issues", INTEGER, "how many issues it answered"),
        Column("subject", TEXT, "the row or the e-mail that it was about; blank for many"),
        Column("undone_by", TEXT, "who took it back, if anybody has"),
    ),
)
_CONTACTS = Frame(
    "contacts",
    "a contact of the newest finalization, by e-mail",
    (
        Column("email", TEXT, "normalized; each once"),
        Column("first_name", TEXT, "cleaned; blank where the file has none"),
        Column("last_name", TEXT, "likewise"),
        Column("company", TEXT, "likewise"),
        Column("row_number", INTEGER, "the row that it is made of; of a merged record the first one"),
    ),
    has_file_columns=True,
)
_PROVENANCE = Frame(
    "provenance",
    "a value of one contact, in the order of the file's columns",
    (
        Column("column", TEXT, "the file's column"),
        Column("value", TEXT, "as the contact has it"),
        Column("cell", TEXT, "what stood in the row, or was typed, before it was cleaned"),
        Column("row_numbers", ANYTHING, "the rows in which it stood, a tuple; empty: it was typed"),
        Column("action", CATEGORY, "what put it there; NA: it was received so", tuple(Action)),
        Column("decided_by", TEXT, "who"),
        Column("decided_at", TIME, "when"),
    ),
)
_QUALITY = Frame(
    "quality",
    "a column of the file, in file order",
    (
        Column("column", TEXT, "the file's column"),
        Column("field", CATEGORY, "what it is to a contact; NA: one of the other columns", FIELDS),
        Column("rows", INTEGER, "rows, or contacts, looked at"),
        Column("filled", INTEGER, "of these, how many have something in it"),
        Column("completeness", NUMBER, "filled by rows, from 0 to 1; NA without rows"),
        Column("distinct", INTEGER, "different values, blanks apart, upper and lower case told apart"),
        Column("longest", INTEGER, "characters of the longest value"),
        Column("valid", INTEGER, "of the e-mail: rows with one that can be used; NA for other columns"),
        Column("validity", NUMBER, "valid by rows, from 0 to 1"),
    ),
)
_ISSUE_COUNTS = Frame(
    "issue_counts",
    "a type of issue that occurs",
    (
        _TYPE,
        Column("open", INTEGER, "issues that wait for a decision"),
        Column("settled", INTEGER, "issues that somebody decided about"),
    ),
)
_GROUP_SIZES = Frame(
    "group_sizes",
    "the duplicate groups of one size that stand alike",
    (
        Column("group_size", INTEGER, "how many rows share an e-mail"),
        _STANDING,
        Column("groups", INTEGER, "how many such groups there are"),
    ),
)

FRAMES: dict[str, Frame] = {
    frame.name: frame
    for frame in (
        _JOBS,
        _ROWS,
        _ISSUES,
        _DUPLICATES,
        _DECISIONS,
        _CONTACTS,
        _PROVENANCE,
        _QUALITY,
        _ISSUE_COUNTS,
        _GROUP_SIZES,
    )
}
"""Every table, by the name of the Inspector's method that gives it."""

_Method = TypeVar("_Method", bound=Callable[..., object])


def described(name: str) -> Callable[[_Method], _Method]:
    """A decorator that adds what a table's columns are to the docstring of the method that gives it."""

    def describe(method: _Method) -> _Method:
        method.__doc__ = f"{cleandoc(method.__doc__ or '')}\n\n{FRAMES[name].as_text()}"
        return method

    return describe


def names_beside(frame: Frame, columns: Iterable[str]) -> list[str]:
    """The names of a file's columns in a table with columns of its own: each once, numbered if taken."""
    taken = {column.name for column in frame.columns}
    names = []
    for name in columns:
        free, number = name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(free)
        names.append(free)
    return names
