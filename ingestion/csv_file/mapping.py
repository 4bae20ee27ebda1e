"""Which columns hold a contact's own fields, and what about it only the operator can say.

A wrong guess that nobody sees is a defect, a question is not: whatever more than one reading fits is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ingestion.csv_file.columns import Column, columns_of
from ingestion.csv_file.vocabulary import Field
from ingestion.rules.names import NameOrder


class Doubt(StrEnum):
    """A question to the operator."""

    NO_EMAIL = "no_email"
    """No column is named as the e-mail, and none holds addresses."""
    EMAIL_BY_CONTENT = "email_by_content"
    """The e-mail column is known by its addresses alone: its name does not tell, or another is named so."""
    SEVERAL_EMAILS = "several_emails"
    """More than one column may be the e-mail; the one with the most addresses is proposed."""
    FEW_ADDRESSES = "few_addresses"
    """The column is named as the e-mail, but most of what it holds are no addresses, or it is blank."""
    UNKNOWN_NAMES = "unknown_names"
    """A first name, last name or company was not found, and a column that is not understood may be it."""
    SEVERAL_COLUMNS = "several_columns"
    """More than one column is named as the same of a contact's names or as the company."""
    UNCLEAR_NAME = "unclear_name"
    """A bare `Name` beside a first or a last name was taken for the other one."""
    UNLIKELY_VALUES = "unlikely_values"
    """A column is named as a name or the company, but holds addresses or numbers."""
    FULL_NAME = "full_name"
    """There is a full name only, and how it splits is a suggestion."""


@dataclass(frozen=True)
class Mapping:
    """Where the contact's own fields stand: indexes into the names."""

    email: int | None
    first_name: int | None = None
    last_name: int | None = None
    company: int | None = None
    full_name: int | None = None
    """Set where it is to be split, as there are not both a first and a last name."""
    name_order: NameOrder = NameOrder.FIRST_LAST
    """How the values of the full name are written."""
    doubts: tuple[Doubt, ...] = ()
    """None: the mapping is beyond doubt."""


def propose(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping:
    """The columns by their distinct names and by a sample of the rows below them.

    A full name beside a first and a last name is but another column. Beside only one of them it is what both
    are taken from, and the lone one is but another column: the other half stands nowhere else.
    """
    columns = columns_of(names, rows)
    email, doubts = _email(columns)
    rest = [column for column in columns if column is not email]
    first, last, full, doubt = _person(rest, rows)
    company = _chosen(rest, Field.COMPANY)
    own = [column for column in (first, last, full, company) if column]
    doubts += [doubt] if doubt else []
    if any(_is_ambiguous(rest, column) for column in own):
        doubts.append(Doubt.SEVERAL_COLUMNS)
    if any(column.is_unlikely_name for column in own):
        doubts.append(Doubt.UNLIKELY_VALUES)
    is_complete = (full or (first and last)) and company
    if not is_complete and any(column.is_unknown and column.is_wordy for column in rest):
        doubts.append(Doubt.UNKNOWN_NAMES)
    return Mapping(
        email=_at(email),
        first_name=_at(first),
        last_name=_at(last),
        company=_at(company),
        full_name=_at(full),
        name_order=full.name_order if full else NameOrder.FIRST_LAST,
        doubts=tuple(doubts),
    )


def _at(column: Column | None) -> int | None:
    return None if column is None else column.at


def _email(columns: Sequence[Column]) -> tuple[Column | None, list[Doubt]]:
    named = [column for column in columns if column.field is Field.EMAIL]
    by_content = [column for column in columns if column.holds_addresses]
    good = [column for column in named if column.holds_addresses]
    if not good:
        if not by_content:
            return (named[0], [Doubt.FEW_ADDRESSES]) if named else (None, [Doubt.NO_EMAIL])
        several = [Doubt.SEVERAL_EMAILS] if len(by_content) > 1 else []
        return _best_filled(by_content), [Doubt.EMAIL_BY_CONTENT, *several]
    meant = _lowest_ranked(named)
    chosen = _best_filled(meant)
    fuller = _best_filled(by_content)
    if 2 * chosen.addresses < fuller.addresses:
        return fuller, [Doubt.SEVERAL_EMAILS]
    doubts = [Doubt.SEVERAL_EMAILS] if len(meant) > 1 else []
    return chosen, doubts if chosen.holds_addresses else [*doubts, Doubt.FEW_ADDRESSES]


def _best_filled(columns: Sequence[Column]) -> Column:
    """The column with the most addresses; the first of equals."""
    return max(columns, key=lambda column: column.addresses)


def _lowest_ranked(columns: Sequence[Column]) -> list[Column]:
    lowest = min(column.rank for column in columns)
    return [column for column in columns if column.rank == lowest]


def _chosen(columns: Sequence[Column], field: Field) -> Column | None:
    """The column named as the field, of several with one rank the best filled."""
    named = [column for column in columns if column.field is field]
    return max(_lowest_ranked(named), key=lambda column: column.filled) if named else None


def _is_ambiguous(columns: Sequence[Column], chosen: Column) -> bool:
    named = [column for column in columns if column.field is chosen.field]
    return len(_lowest_ranked(named)) > 1


_Person = tuple[Column | None, Column | None, Column | None, Doubt | None]
"""First name, last name, full name, and what is to be asked about them."""


def _person(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> _Person:
    first, last = _chosen(columns, Field.FIRST_NAME), _chosen(columns, Field.LAST_NAME)
    if first and last:
        return first, last, None, None
    bare, full = _chosen(columns, Field.NAME), _chosen(columns, Field.FULL_NAME)
    known = first or last
    if known and bare and not full and not _contains(bare, known, rows):
        doubt = Doubt.UNCLEAR_NAME if known.is_loose or not known.filled or not bare.filled else None
        return first or bare, last or bare, None, doubt
    if whole := full or bare:
        return None, None, whole, Doubt.FULL_NAME
    return first, last, None, None


def _contains(whole: Column, part: Column, rows: Sequence[Sequence[str]]) -> bool:
    """Whether in some row a name is the other with words beside it: then it is the full one."""
    # One such row is enough to ask.
    pairs = ((_words_of(row[whole.at]), _words_of(row[part.at])) for row in rows)
    return any(of_part and of_part < of_whole for of_whole, of_part in pairs)


def _words_of(cell: str) -> set[str]:
    return set(cell.casefold().replace(",", " ").split())
