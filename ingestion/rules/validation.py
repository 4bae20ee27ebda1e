"""What is wrong with a row by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from ingestion.rules import emails
from ingestion.rules.cells import is_blank, trim
from ingestion.rules.identity import Identity, identity
from ingestion.rules.issues import BLANK, KINDS, IssueType, label_of

RULES_VERSION = 2
"""Raised with every change that gives another verdict on some row; kept on each job."""


@dataclass(frozen=True)
class ContactColumns:
    """Where in a row the contact's own fields stand (0-based); None where the file has no such column."""

    email: int
    first_name: int | None = None
    last_name: int | None = None
    company: int | None = None

    def __post_init__(self) -> None:
        used = [at for at in asdict(self).values() if at is not None]
        if len(set(used)) < len(used):
            raise ValueError("a column is one thing to a contact")

    def as_json(self) -> dict[str, int | None]:
        """The form that is frozen on a job."""
        return asdict(self)

    def named(self) -> dict[int, str]:
        """Column index to field name, for the fields that the file has."""
        return {index: name for name, index in self.as_json().items() if index is not None}

    def of_identity(self) -> tuple[int | None, int | None, int | None]:
        """The columns that `identity` takes, in its order."""
        return self.first_name, self.last_name, self.company

    def identity_of(self, cells: Sequence[str]) -> Identity:
        """The identity of a row; a field without a column counts as blank."""
        return identity(*("" if at is None else cells[at] for at in self.of_identity()))


class Problem(NamedTuple):
    """One thing wrong with a row, with what a person needs to judge it."""

    type: IssueType
    detail: str = ""


_MISSING_EMAIL = Problem(IssueType.MISSING_EMAIL)


class Verdict(NamedTuple):
    """A row's normalized e-mail (None when there is none to use) and its problems, worst first."""

    normalized_email: str | None
    problems: tuple[Problem, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Usable for a contact. A blank name or company does not spoil a row; a broken row does."""
        return self.normalized_email is not None


FIELD_RULES: Mapping[IssueType, Callable[[str], bool]] = {
    IssueType.MISSING_FIRST_NAME: is_blank,
    IssueType.MISSING_LAST_NAME: is_blank,
    IssueType.MISSING_COMPANY: is_blank,
}
"""Whether the field that an issue is about has its flaw, by what stands in the cell.

Reading a file tells blanks by the way. With a rule about anything else every cell of its field is looked at.
"""


class RowCheck:
    """Judges rows of one file. Made once, called for each row."""

    def __init__(self, columns: ContactColumns) -> None:
        self._email = columns.email
        at_field = {name: at for at, name in columns.named().items()}
        self._fields = [
            (at_field[field], Problem(type_), has_flaw)
            for type_, has_flaw in FIELD_RULES.items()
            if (field := KINDS[type_].field) in at_field
        ]
        self.looks_at_values = any(has_flaw is not is_blank for _, _, has_flaw in self._fields)
        """Whether a row without blanks may have a field with a flaw."""

    def finds_flaw(self, cells: Sequence[str]) -> bool:
        """Whether a field of a row of the right shape has a flaw."""
        return any(has_flaw(cells[at]) for at, _, has_flaw in self._fields)

    def __call__(self, cells: Sequence[str], flaw: str | None = None) -> Verdict:
        """The verdict on a row. One with a flaw, whose cells may be the wrong ones, is not judged further."""
        if flaw is not None:
            return Verdict(None, (Problem(IssueType.MALFORMED_ROW, flaw),))
        email = cells[self._email]
        problems = [problem for at, problem, has_flaw in self._fields if has_flaw(cells[at])]
        if is_blank(email):
            return Verdict(None, (_MISSING_EMAIL, *problems))
        normalized = emails.normalize(email)
        if normalized is None:
            detail = f"{trim(email)[:200]}: {emails.reason_invalid(email)}"
            problems.insert(0, Problem(IssueType.INVALID_EMAIL_FORMAT, detail))
        return Verdict(normalized, tuple(problems))


def shape_flaw(count: int, width: int) -> str:
    """What is wrong with a row of so many cells under a header of `width`."""
    cells = "1 cell" if count == 1 else f"{count} cells"
    return f"The row has {cells}, the header {width}."


def refused_problem(before: Verdict, after: Verdict, settles: IssueType, *, same_email: bool) -> str | None:
    """Why a corrected row is refused, in a sentence, or None.

    `settles` is the issue that the correction is for. A correction must settle its issue and make no new
    problem; an e-mail that it changes must be good. In a broken row, all of which is decided, flaws of the
    fields that a contact can do without are fine.
    """
    had = {problem.type for problem in before.problems}
    is_broken_row = settles is IssueType.MALFORMED_ROW
    for problem in after.problems:
        kind = KINDS[problem.type]
        if kind.field and kind.flaw:
            field, accept = label_of(kind.field), kind.accepting
            new = "one" if kind.flaw == BLANK else "another"
            if problem.type is settles:
                return f"The {field} is still {kind.flaw}. Enter {new}, or {accept[0].lower()}{accept[1:]}."
            if problem.type not in had and not is_broken_row:
                return f"The {field} would become {kind.flaw}. Enter {new}."
        elif is_broken_row or problem.type is settles or problem.type not in had or not same_email:
            return problem.detail or "The e-mail is missing. Enter one, or leave the row out."
    return None


UNSTORABLE = "The row held a NUL character, shown as \ufffd."
"""What is wrong with a row that held NUL, which a database cannot keep: it was replaced by U+FFFD."""


def squared(cells: Sequence[str], width: int) -> list[str]:
    """A row of the wrong shape as it is shown and accepted: filled up with blanks, or cut at the header."""
    return [*cells[:width], *[""] * (width - len(cells))]
