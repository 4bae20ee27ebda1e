"""The words for how a file is read, and for what is asked about it."""

from ingestion.csv_file import encodings
from ingestion.csv_file.mapping import Doubt
from ingestion.csv_file.proposal import Proposal

COLUMN = {
    "email": "E-mail",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "full_name": "Full name, to be split",
}
"""The columns that mean something to a contact."""

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def summary(proposal: Proposal) -> str:
    """What was found, in a line."""
    if proposal.sheet is not None:
        how = f"sheet {proposal.sheet}"
    else:
        name = encodings.ALL.get(proposal.encoding, proposal.encoding)
        how = f"{name}, {_DELIMITERS[proposal.dialect.delimiter]}"
    mapping = proposal.mapping
    columns = ", ".join(
        f"{label.split(',')[0].lower()} from “{proposal.names[at]}”"
        for field, label in COLUMN.items()
        if (at := getattr(mapping, field)) is not None
    )
    noted = []
    if proposal.is_recalled:
        noted.append("Columns as you confirmed them before.")
    if proposal.ignored_column is not None:
        noted.append("A corrected error report: a list of its own, without its column of reasons.")
    return " ".join([f"{how}; {columns}.", *noted])


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
    if proposal.asks_encoding:
        return ["In which encoding are the names written?"]
    asked = ["Is this the row that names the columns?"] * proposal.asks_header
    asked += [_QUESTIONS[doubt] for doubt in proposal.mapping.doubts]
    return asked
