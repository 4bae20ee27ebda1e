"""Kinds of issue and what may settle each, as the design's table says."""

from dataclasses import fields

import pytest

from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.rules.validation import FIELD_RULES, ContactColumns


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
    assert KINDS[IssueType(issue_type)].actions == actions


def test_every_kind_is_known_and_may_be_skipped() -> None:
    assert set(KINDS) == set(IssueType)
    assert all(Action.SKIP in kind.actions for kind in KINDS.values())
    assert set().union(*(kind.actions for kind in KINDS.values())) == set(Action) - {Action.UNDO}


def test_every_kind_has_words_of_its_own() -> None:
    for word in ("title", "explanation"):
        assert len({getattr(kind, word) for kind in KINDS.values()}) == len(KINDS)
    assert all(kind.explanation.endswith(".") for kind in KINDS.values())


def test_a_kind_names_a_field_of_the_contact() -> None:
    of_contact = {field.name for field in fields(ContactColumns)}

    assert {kind.field for kind in KINDS.values() if kind.field} <= of_contact


def test_a_flaw_that_may_stay_is_of_a_field_and_looked_for() -> None:
    may_stay = {type_ for type_, kind in KINDS.items() if kind.flaw}

    assert may_stay == set(FIELD_RULES)
    assert all(KINDS[type_].field and Action.ACCEPT in KINDS[type_].actions for type_ in may_stay)
