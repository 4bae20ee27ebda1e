"""Kinds of issue and what may settle each, as the design's table says."""

import pytest

from ingestion.rules.issues import ACTIONS, Action, IssueType


@pytest.mark.parametrize(
    ("issue_type", "actions"),
    [
        ("MALFORMED_ROW", {"edit", "accept", "skip"}),
        ("MISSING_EMAIL", {"edit", "skip"}),
        ("INVALID_EMAIL_FORMAT", {"edit", "skip"}),
        ("MISSING_FIRST_NAME", {"edit", "accept", "skip"}),
        ("MISSING_LAST_NAME", {"edit", "accept", "skip"}),
        ("MISSING_COMPANY", {"edit", "accept", "skip"}),
        ("DUPLICATE_EMAIL", {"choose", "merge", "skip"}),
    ],
)
def test_each_kind_of_issue_takes_its_answers_and_no_other(issue_type: str, actions: set[str]) -> None:
    assert ACTIONS[IssueType(issue_type)] == actions


def test_every_kind_has_answers_and_may_be_skipped() -> None:
    assert set(ACTIONS) == set(IssueType)
    assert all(Action.SKIP in actions for actions in ACTIONS.values())
    assert set().union(*ACTIONS.values()) == set(Action) - {Action.UNDO}
