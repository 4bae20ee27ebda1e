"""How a file is read: what was found or decided about it when it was submitted, frozen on its job."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from ingestion.rules.names import NameOrder, NameSplit
from ingestion.rules.validation import ContactColumns


@dataclass(frozen=True)
class Dialect:
    """How the records of a text file are written. Each is one character."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    """What makes a quote inside a cell literal, beside doubling it: a backslash, or nothing."""
    skips_space: bool = False
    """Whether blanks after a delimiter are no part of the cell, so that a quote may follow them."""


@dataclass(frozen=True)
class ParseOptions:
    """Everything that a worker needs to read a file the way it was shown to the operator.

    Columns are counted from 0 among the columns kept: those of the file without `ignored_column`, followed
    by the two that a split name yields.
    """

    contact_columns: ContactColumns
    encoding: str = "utf-8"
    """Python's name of it. Of no meaning for a workbook."""
    dialect: Dialect = field(default_factory=Dialect)
    header_row: int = 1
    """The number of the record that names the columns; what stands above it is left out. 0: there is none."""
    sheet: str | None = None
    """The sheet of a workbook; None for a text file."""
    is_compressed: bool = False
    """Whether the text is packed by gzip."""
    name_split: NameSplit | None = None
    """A full name to be split in two, which become the first name's and the last name's columns."""
    ignored_column: int | None = None
    """The column of the file (from 0) that is left out: the reasons in a corrected error report."""
    is_protected: bool = False
    """Whether cells are read without the apostrophes that exports put in front of what a spreadsheet could
    take for a formula. Jobs from before exports did so know nothing of it."""

    def as_json(self) -> dict[str, Any]:
        """The form that is frozen on a job."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The options that `as_json` gave."""
        split = values["name_split"]
        return cls(
            **{
                **values,
                "contact_columns": ContactColumns(**values["contact_columns"]),
                "dialect": Dialect(**values["dialect"]),
                "name_split": split and NameSplit(split["column"], NameOrder(split["order"])),
            }
        )
