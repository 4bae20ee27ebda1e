"""The kinds of issue, and what may settle each."""

from enum import StrEnum


class IssueType(StrEnum):
    """What is asked of a person."""

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
    MERGE = "merge"
    EDIT = "edit"
    ACCEPT = "accept"
    SKIP = "skip"
    UNDO = "undo"


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
