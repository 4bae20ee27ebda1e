"""The words for how a file is read, and for what is asked about it."""

from collections.abc import Sequence

from ingestion.csv_file import encodings
from ingestion.csv_file.mapping import Doubt, Mapping
from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.proposal import Proposal
from ingestion.rules.validation import ContactColumns

COLUMN = {
    "email": "E-mail",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "full_name": "Full name, to be split",
}
"""The columns that mean something to a contact."""

ENCODING = "In which encoding are the names written?"
"""Asked before anything else: names and columns are worth a look once they can be read."""

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LONGEST = 80


def encoding(proposal: Proposal) -> str:
    """What people call the encoding."""
    return _encoding(proposal.encoding)


def summary(proposal: Proposal) -> str:
    """What was found, in a line."""
    how = _how(proposal.sheet, proposal.encoding, proposal.dialect)
    noted = []
    if proposal.is_recalled:
        noted.append("Columns as you confirmed them before.")
    if proposal.ignored_column is not None:
        noted.append("A corrected error report: a list of its own, without its column of reasons.")
    if proposal.has_protected:
        noted.append(protected_cells(proposal))
    return " ".join([f"{how}; {_columns(proposal.mapping, proposal.names)}.", *noted])


def as_read(options: ParseOptions, columns: Sequence[str]) -> str:
    """How a file was read that has these columns, in a few lines."""
    noted = [_how(options.sheet, options.encoding, options.dialect)]
    if options.is_compressed:
        noted.append("packed by gzip")
    noted.append(f"header in row {options.header_row}" if options.header_row else "no header row")
    noted.append(_columns(options.contact_columns, columns))
    if options.name_split is not None:
        noted.append("first and last name split from one column")
    if options.ignored_column is not None:
        noted.append("without the column of reasons of an error report")
    return "; ".join(noted)


def protected_cells(proposal: Proposal) -> str:
    """How cells are read that an export protected from spreadsheets."""
    if proposal.is_protected:
        return "Cells such as '=A1 were protected by an export: they are read without the apostrophe."
    return "Cells such as '=A1 are read with their apostrophe."


def _encoding(name: str) -> str:
    return encodings.ALL.get(name, name)


def _how(sheet: str | None, encoding_name: str, dialect: Dialect) -> str:
    if sheet is not None:
        return f"sheet {sheet}"
    return f"{_encoding(encoding_name)}, {_DELIMITERS.get(dialect.delimiter, f'“{dialect.delimiter}”')}"


def _columns(mapping: Mapping | ContactColumns, names: Sequence[str]) -> str:
    return ", ".join(
        f"{label.split(',')[0].lower()} from “{_shortened(names[at])}”"
        for field, label in COLUMN.items()
        if (at := getattr(mapping, field, None)) is not None and at < len(names)
    )


_QUESTIONS = {
    Doubt.NO_EMAIL: "Which column holds the e-mail addresses?",
    Doubt.EMAIL_BY_CONTENT: "Only its values tell which column is the e-mail: is this it?",
    Doubt.SEVERAL_EMAILS: "Several columns may be the e-mail: which one is meant?",
    Doubt.FEW_ADDRESSES: "The e-mail column holds few addresses: is it the right one?",
    Doubt.UNKNOWN_NAMES: "Not every name or company column was recognised: is one among the others?",
    Doubt.SEVERAL_COLUMNS: "Several columns are named alike: are these the right ones?",
    Doubt.UNCLEAR_NAME: "Is the column “name” what it was taken for?",
    Doubt.UNLIKELY_VALUES: "A name column holds numbers or addresses: is it the right one?",
    Doubt.FULL_NAME: "There is one column for the whole name: shall it be split like this?",
}


def questions(proposal: Proposal) -> list[str]:
    """What is asked, a line each. An answer to the first of them may settle others."""
    asked = ["Is this the row that names the columns?"] * proposal.asks_header
    asked += [_QUESTIONS[doubt] for doubt in proposal.mapping.doubts]
    return asked


def header_rows(proposal: Proposal) -> dict[int, str]:
    """The rows that may name the columns, by their number."""
    rows = {0: "None: the first row is a contact"}
    for number, record in enumerate(proposal.above, start=1):
        if any(record.cells) or number == proposal.header_row:
            rows[number] = f"Row {record.number}: {_shortened(', '.join(filter(None, record.cells)))}"
    return rows


def flaw(proposal: Proposal, mapping: Mapping) -> str | None:
    """Why these columns cannot be used, if they cannot."""
    if mapping.email is None:
        return "Choose the column with the e-mail addresses."
    taken: dict[int, str] = {}
    for field, label in COLUMN.items():
        at = getattr(mapping, field)
        if at is not None and at in taken:
            name = _shortened(proposal.names[at])
            return f"{taken[at]} and {label.split(',')[0].lower()} are both taken from “{name}”."
        taken[at] = label
    return None


def other_columns(number: int, shown: int) -> str:
    """What becomes of the columns that mean nothing to a contact."""
    kept = "Columns that are none of these are kept as they are."
    return kept if number == shown else f"{kept} {number - shown:,} more are not shown here."


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
