"""How a file is read, as the command line says it: the page's questions, each answered by an option."""

import codecs
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import click

from cli.columns import place_of
from cli.installation import Installation
from cli.options import Decorator
from ingestion import column_mappings
from ingestion.csv_file import encodings, reading_words
from ingestion.csv_file.mapping import Doubt
from ingestion.csv_file.mapping import Mapping as Columns
from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.proposal import Choices, Proposal, propose
from ingestion.csv_file.source import Source
from ingestion.errors import RefusedUpload
from ingestion.rules.names import NameOrder

FIELDS = {name.replace("_", "-"): name for name in reading_words.COLUMN}
"""What a column may mean to a contact, by the words of the option."""
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "\\t": "\t"}
_NAMES = ("first_name", "last_name")


@dataclass(frozen=True)
class Given:
    """What the command line says of how files are read; None: as found."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """The names of columns by field; a blank name is for none."""
    name_order: NameOrder | None = None
    is_protected: bool | None = None
    as_found: bool = False
    """Whether what was found is taken where it is in doubt."""

    @property
    def choices(self) -> Choices:
        """What is to be known before columns are."""
        dialect = Dialect(self.delimiter) if self.delimiter else None
        return Choices(self.encoding, dialect, self.sheet, self.header_row, self.is_protected)

    @property
    def confirms(self) -> bool:
        """Whether the columns are confirmed, those that are not named as they were found."""
        return bool(self.columns) or self.as_found or self.name_order is not None


@dataclass(frozen=True)
class Question:
    """What is to be said before a file can be read, the option that says it, and what it may say."""

    text: str
    option: str
    choices: Sequence[str]


class Unsettled(RefusedUpload):
    """How a file is read is to be said first. Nothing was stored."""

    def __init__(self, questions: Sequence[Question]) -> None:
        lines = ["Say first how it is read:"]
        for question in questions:
            lines += [f"  {question.text} {question.option}", *(f"  - {one}" for one in question.choices)]
        super().__init__("\n".join(lines))
        self.questions = questions

    @property
    def details(self) -> dict[str, Any]:
        """For programs."""
        return {"questions": [question.__dict__ for question in self.questions]}


@dataclass(frozen=True)
class Settled:
    """A way to read a file that nothing is to be asked about."""

    proposal: Proposal
    columns: Columns
    is_to_be_remembered: bool

    @property
    def options(self) -> ParseOptions:
        """What a worker needs."""
        return self.proposal.options(self.columns)

    @property
    def summary(self) -> str:
        """How it is read, in a line."""
        return reading_words.summary(replace(self.proposal, mapping=self.columns))


def settle(at: Installation, user_id: int, source: Source, given: Given) -> Settled:
    """How the file is read. Raises Unsettled; UnreadableFile where it holds no contacts.

    Raises RefusedUpload and NoSuchColumn where the file has no such sheet or column.

    Columns that the user confirmed for the same header before are taken, as long as none are given.
    """
    _require_encoding(source, given)
    if given.sheet is not None and given.sheet not in source.sheets:
        there = ", ".join(source.sheets) or "none"
        raise RefusedUpload(f"There is no sheet {given.sheet!r} in the file, but: {there}.")
    proposal = propose(source, given.choices)
    if not given.confirms:
        proposal = column_mappings.recalled(at.sessions, user_id, proposal)
        if questions := _questions(proposal, given):
            raise Unsettled(questions)
        return Settled(proposal, proposal.mapping, is_to_be_remembered=False)
    columns = _chosen(proposal, given)
    if flaw := reading_words.flaw(proposal, columns):
        raise Unsettled([_about_columns(flaw, proposal)])
    is_new = bool(given.columns) or bool(proposal.mapping.doubts)
    return Settled(proposal, columns, is_to_be_remembered=is_new and proposal.header_row != 0)


def remember(at: Installation, user_id: int, settled: Settled) -> None:
    """Keep what was confirmed, for the next file with these columns. Raises NotAllowed."""
    if settled.is_to_be_remembered:
        column_mappings.remember(at.sessions, user_id, settled.proposal.names, settled.columns)


def _require_encoding(source: Source, given: Given) -> None:
    found = source.encoding
    if found is None or found.is_certain or given.encoding or given.as_found:
        return
    choices = [f"--encoding {one.encoding}: {', '.join(one.excerpts[:3])}" for one in source.readings]
    more = "--encoding NAME, such as one of these; choose the one that spells the names right."
    raise Unsettled([Question(reading_words.ENCODING, more, choices)])


def _questions(proposal: Proposal, given: Given) -> list[Question]:
    asked = []
    if proposal.asks_header and given.header_row is None:
        rows = reading_words.header_rows(proposal)
        choices = [
            f"--header-row {row}: {text}" if row else f"--no-header: {text}" for row, text in rows.items()
        ]
        asked.append(Question("Which row names the columns?", "--header-row ROW or --no-header", choices[:6]))
    texts = reading_words.questions(replace(proposal, asks_header=False))
    asked += [
        _about_columns(text, proposal, of_full_name=doubt is Doubt.FULL_NAME)
        for text, doubt in zip(texts, proposal.mapping.doubts, strict=True)
    ]
    return asked


def _about_columns(text: str, proposal: Proposal, *, of_full_name: bool = False) -> Question:
    found = reading_words.summary(proposal) if proposal.mapping.email is not None else ""
    option = "--column FIELD=NAME" if proposal.mapping.email is not None else "--column email=NAME"
    if of_full_name:
        option = "--column full-name=NAME, with --name-order last-first where the last name stands first"
    choices = [f"columns: {', '.join(proposal.names)}"]
    return Question(text, option, [f"--as-found takes: {found}", *choices] if found else choices)


def _chosen(proposal: Proposal, given: Given) -> Columns:
    named = {field: _index(proposal.names, name) for field, name in given.columns.items()}
    if any(named.get(one) is not None for one in _NAMES):
        named.setdefault("full_name", None)
    if named.get("full_name") is not None:
        named |= dict.fromkeys(_NAMES)
    order = given.name_order or proposal.mapping.name_order
    return replace(proposal.mapping, **named, name_order=order, doubts=())


def _index(names: Sequence[str], name: str) -> int | None:
    return place_of(names, name) if name else None


def _encoding_of(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The product's name of an encoding, from any that Python knows it by."""
    if value is None or value in encodings.ALL:
        return value
    try:
        wanted = codecs.lookup(value).name
    except LookupError:
        wanted = ""
    for name in encodings.OFFERED:
        if codecs.lookup(name).name == wanted:
            return name
    raise click.BadParameter(f"{value!r} is none of: {', '.join(encodings.OFFERED)}.")


def _delimiter_of(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    found = _DELIMITERS.get(value, value) if value else value
    if found is not None and (len(found) != 1 or found in '"\r\n'):
        raise click.BadParameter(f"one character, or one of: {', '.join(list(_DELIMITERS)[:4])}.")
    return found


def _columns_of(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    columns = {}
    for pair in value:
        name, separator, column = pair.partition("=")
        if not separator or name.replace("_", "-") not in FIELDS:
            raise click.BadParameter(f"{pair!r} is not FIELD=NAME, FIELD one of: {', '.join(FIELDS)}.")
        columns[FIELDS[name.replace("_", "-")]] = column
    return columns


_COLUMN_HELP = (
    f"Where a field of the contacts stands; may be repeated. FIELD: {', '.join(FIELDS)}. A blank NAME: "
    "nowhere. Fields that are not named are taken as found. It is kept for files with the same columns."
)
_OPTIONS: Sequence[Decorator] = (
    click.option(
        "--encoding",
        callback=_encoding_of,
        metavar="NAME",
        help="How its text is written, such as utf-8 or cp1252.",
    ),
    click.option(
        "--delimiter",
        callback=_delimiter_of,
        metavar="CHARACTER",
        help="What stands between cells: one character, or comma, semicolon, tab, pipe.",
    ),
    click.option(
        "--header-row", type=click.IntRange(min=1), metavar="ROW", help="The row that names the columns."
    ),
    click.option("--no-header", is_flag=True, help="No row names the columns: the first one is a contact."),
    click.option("--sheet", metavar="NAME", help="Of a workbook."),
    click.option(
        "--column", "columns", multiple=True, callback=_columns_of, metavar="FIELD=NAME", help=_COLUMN_HELP
    ),
    click.option(
        "--name-order", type=click.Choice(["first-last", "last-first"]), help="How full names are written."
    ),
    click.option(
        "--protected/--not-protected",
        "is_protected",
        default=None,
        help="Whether the apostrophe in cells such as '=A1 is an export's, and taken off.",
    ),
    click.option("--as-found", is_flag=True, help="Take what was found where it is in doubt."),
)


def given(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command these options. `of` makes of them what was given."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def of(*, header_row: int | None, no_header: bool, name_order: str | None, **others: Any) -> Given:
    """What the options say. Raises click.UsageError."""
    if no_header and header_row:
        raise click.UsageError("--header-row and --no-header exclude each other.")
    order = NameOrder(name_order.replace("-", "_")) if name_order else None
    return Given(header_row=0 if no_header else header_row, name_order=order, **others)
