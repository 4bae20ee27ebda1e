"""The kinds of issue: what each is called, asks about, and is settled by."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class IssueType(StrEnum):
    """What is asked of a person, worst first."""

    MALFORMED_ROW = "MALFORMED_ROW"
    MISSING_EMAIL = "MISSING_EMAIL"
    INVALID_EMAIL_FORMAT = "INVALID_EMAIL_FORMAT"
    MISSING_FIRST_NAME = "MISSING_FIRST_NAME"
    MISSING_LAST_NAME = "MISSING_LAST_NAME"
    MISSING_COMPANY = "MISSING_COMPANY"
    DUPLICATE_EMAIL = "DUPLICATE_EMAIL"


class Action(StrEnum):
    """What a person answers; or that an answer is taken back."""

    CHOOSE = "choose"
    """One row of the group is the contact."""
    MERGE = "merge"
    """One record is the contact, each of whose values is of a row of the group or written anew."""
    EDIT = "edit"
    """The row is corrected."""
    ACCEPT = "accept"
    """The row stays as it is."""
    SKIP = "skip"
    """The row, or every row of the group, is left out."""
    UNDO = "undo"
    """An answer is taken back; no issue takes it, but its history does."""


@dataclass(frozen=True)
class Kind:
    """What is known of a kind of issue."""

    title: str
    """In a list."""
    explanation: str
    """A sentence for whoever settles one."""
    actions: frozenset[Action]
    """The answers that it takes."""
    field: str | None = None
    """The field of the contact that it is about, as in ContactColumns; None where it is a row or a group."""
    flaw: str = ""
    """What that field is, where a contact may have it so: an adjective or a noun with its article. It stands
    behind "is", "is still" and "would become"."""
    accepting: str = "Keep it as it is"
    """What whoever accepts it does."""


BLANK = "blank"
_AS_IT_IS_OR_BETTER = frozenset({Action.EDIT, Action.ACCEPT, Action.SKIP})
_BETTER_OR_NOT_AT_ALL = frozenset({Action.EDIT, Action.SKIP})


def label_of(field: str) -> str:
    """A field of the contact, as people call it."""
    return field.replace("_", " ")


def _flawed(title: str, field: str, flaw: str, accepting: str) -> Kind:
    """Of a field that a contact can do without, so that it may keep its flaw."""
    explanation = f"The {label_of(field)} is {flaw}."
    return Kind(title, explanation, _AS_IT_IS_OR_BETTER, field, flaw, accepting)


KINDS: Mapping[IssueType, Kind] = {
    IssueType.MALFORMED_ROW: Kind(
        "Broken row",
        "The row does not fit the header. It is shown filled up with blanks, or cut.",
        _AS_IT_IS_OR_BETTER,
        accepting="Accept as shown",
    ),
    IssueType.MISSING_EMAIL: Kind(
        "Missing e-mail", "The row has no e-mail address.", _BETTER_OR_NOT_AT_ALL, field="email"
    ),
    IssueType.INVALID_EMAIL_FORMAT: Kind(
        "Invalid e-mail", "The e-mail address is not valid.", _BETTER_OR_NOT_AT_ALL, field="email"
    ),
    IssueType.MISSING_FIRST_NAME: _flawed("Missing first name", "first_name", BLANK, "Keep it blank"),
    IssueType.MISSING_LAST_NAME: _flawed("Missing last name", "last_name", BLANK, "Keep it blank"),
    IssueType.MISSING_COMPANY: _flawed("Missing company", "company", BLANK, "Keep it blank"),
    IssueType.DUPLICATE_EMAIL: Kind(
        "Duplicate e-mail",
        "These rows share an e-mail address but are not the same person on paper.",
        frozenset({Action.CHOOSE, Action.MERGE, Action.SKIP}),
    ),
}
