"""What docs/rules.md says in tables is what the rules say."""

import itertools

import pytest

from dashboard.components import words
from ingestion.rules import emails, suggestions
from ingestion.rules.bulk import BulkAnswer, answers_to
from ingestion.rules.formulas import protect, unprotect
from ingestion.rules.identity import is_same
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.rules.lifecycle import JobStatus, may_move
from tests.pages import DOCS, cell, table_with

PAGE = DOCS / "rules.md"
ANSWERS = {
    "Save": Action.EDIT,
    **{kind.accepting: Action.ACCEPT for kind in KINDS.values()},
    "Leave out": Action.SKIP,
    "Leave all out": Action.SKIP,
    "Keep a row": Action.CHOOSE,
    "Save merged record": Action.MERGE,
}


def lines(*head: str) -> list[tuple[str, ...]]:
    """The lines of the page's table that begins with these columns."""
    return [tuple(map(cell, line)) for line in table_with(PAGE, *head).lines]


def test_the_kinds_of_issue_and_their_answers_are_the_rules() -> None:
    documented = {
        kind: {ANSWERS[answer] for answer in answers.split(", ")} for kind, _, answers in lines("kind")
    }
    assert documented == {KINDS[kind].title: KINDS[kind].actions for kind in IssueType}


def test_the_effects_are_told_of_every_answer() -> None:
    assert {answer for answer, *_ in lines("answer", "for")} == set(Action) - {Action.UNDO}


@pytest.mark.parametrize(("received", "address"), lines("as received"))
def test_an_address_is_brought_to_its_documented_spelling(received: str, address: str) -> None:
    assert emails.normalize(received) == address


@pytest.mark.parametrize(("received", "reason", "suggested"), lines("not an address"))
def test_what_is_no_address_has_its_documented_reason(received: str, reason: str, suggested: str) -> None:
    assert emails.normalize(received) is None
    assert emails.reason_invalid(received) == reason
    offered = [suggestion.value for suggestion in suggestions.for_email(received)]
    assert offered == suggested.replace("`", "").split()


@pytest.mark.parametrize(("value", "other", "same"), lines("value", "other value"))
def test_values_are_the_same_where_the_page_says_so(value: str, other: str, same: str) -> None:
    assert is_same([value], [other]) == {"yes": True, "no": False}[same]


@pytest.mark.parametrize(("received", "written"), lines("cell", "in the CSV"))
def test_a_cell_is_written_as_the_page_says(received: str, written: str) -> None:
    assert protect(received) == written
    assert unprotect(written) == received


def test_the_statuses_are_the_rules() -> None:
    assert [(status, said) for status, said, _ in lines("status")] == [
        (str(status), words.STATUS[status]) for status in JobStatus
    ]


def test_the_ways_between_statuses_are_the_rules() -> None:
    documented = {(now, to) for now, to, _ in lines("from", "to")}
    assert documented == {
        (str(now), str(to)) for now, to in itertools.product(JobStatus, repeat=2) if may_move(now, to)
    }


def test_the_answers_to_many_issues_are_the_rules() -> None:
    rows = {KINDS[kind].title for kind in IssueType} - {KINDS[IssueType.DUPLICATE_EMAIL].title}
    missing = {KINDS[kind].title for kind in answers_to(BulkAnswer.SET_VALUE)}
    kinds = {
        "groups": {KINDS[IssueType.DUPLICATE_EMAIL].title},
        "missing names and companies": missing,
        "missing names and companies, broken rows": missing | {KINDS[IssueType.MALFORMED_ROW].title},
        "every kind": rows | {KINDS[IssueType.DUPLICATE_EMAIL].title},
    }
    assert {answer: kinds[to] for answer, to, _ in lines("answer", "to")} == {
        words.ANSWER[answer]: {KINDS[kind].title for kind in answers_to(answer)}
        for answer in BulkAnswer
        if answers_to(answer)
    }
