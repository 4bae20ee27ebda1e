"""The kinds of issue, and what may settle each."""

from enum import StrEnum


class IssueType(StrEnum):
    """What is asked of a person."""

    MALFORMED_ROW = "MALFORMED_ROW"
    """The row has more or fewer cells than the header, or its quotes are broken."""
    MISSING_EMAIL = "MISSING_EMAIL"
    """The row has no e-mail address."""
    INVALID_EMAIL_FORMAT = "INVALID_EMAIL_FORMAT"
    """What stands for an e-mail address is none."""
    MISSING_FIRST_NAME = "MISSING_FIRST_NAME"
    """The first name is blank."""
    MISSING_LAST_NAME = "MISSING_LAST_NAME"
    """The last name is blank."""
    MISSING_COMPANY = "MISSING_COMPANY"
    """The company is blank."""
    DUPLICATE_EMAIL = "DUPLICATE_EMAIL"
    """Rows share an e-mail address, but not the person on paper."""


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


_AS_IT_IS_OR_BETTER = frozenset({Action.EDIT, Action.ACCEPT, Action.SKIP})

ACTIONS: dict[IssueType, frozenset[Action]] = {
    IssueType.MALFORMED_ROW: _AS_IT_IS_OR_BETTER,
    IssueType.MISSING_EMAIL: frozenset({Action.EDIT, Action.SKIP}),
    IssueType.INVALID_EMAIL_FORMAT: frozenset({Action.EDIT, Action.SKIP}),
    IssueType.MISSING_FIRST_NAME: _AS_IT_IS_OR_BETTER,
    IssueType.MISSING_LAST_NAME: _AS_IT_IS_OR_BETTER,
    IssueType.MISSING_COMPANY: _AS_IT_IS_OR_BETTER,
    IssueType.DUPLICATE_EMAIL: frozenset({Action.CHOOSE, Action.MERGE, Action.SKIP}),
}
"""The answers that each kind of issue takes."""
