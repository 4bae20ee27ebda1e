"""The examples of docs/rules.md, each uploaded, answered and finalized as the page says."""

import csv
import io
import re
from collections.abc import Callable

import pytest

from dashboard.components import words
from db.engine import Sessions
from ingestion import bulk, cases, deciding, export
from ingestion.bulk import Request
from ingestion.deciding import Seen
from ingestion.errors import InvalidDecision
from ingestion.review import IssueSummary
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import KINDS, IssueType
from ingestion.rules.lifecycle import JobStatus
from tests.conftest import Submit
from tests.integration.desk import Desk
from tests.pages import DOCS, NO_CELL, Section, Table, cell, sections

BEYOND = "beyond"
"""The column for cells that the header has not."""
SETTLED = "settled with the answer above"

EXAMPLES = [section for section in sections(DOCS / "rules.md") if section.heading.startswith("Example: ")]

Answering = Callable[[Seen, str, list[str]], None]
"""Gives an answer: what was seen, what stands behind its name, and the names of the columns."""


def the_file(rows: Table) -> bytes:
    """What the table of rows is in a file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name in rows.head[1:] if name != BEYOND])
    for number, (said, *cells) in enumerate(rows.lines, start=2):
        assert said == str(number), "rows have the numbers that a spreadsheet shows"
        width = len(cells) - (rows.head[-1] == BEYOND)
        present = [cell(one) for one in cells if one != NO_CELL]
        writer.writerow(present if len(present) <= width or present[width] else present[:width])
    return text.getvalue().encode()


def test_there_are_examples_of_every_kind_of_issue() -> None:
    asked = {line[0].removeprefix("then: ") for section in EXAMPLES for line in asked_in(section)}
    assert asked - {"nothing"} == {KINDS[kind].title for kind in IssueType}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.heading)
def test_an_example_is_true(example: Section, sessions: Sessions, user_id: int, processed: Submit) -> None:
    rows, contacts = table_of(example, "Row"), table_of(example, "Contact")
    assert rows is not None
    assert contacts is not None
    at = Desk(sessions, user_id, processed(the_file(rows)))
    asked = asked_in(example)
    assert_asked_at_first(at, asked)
    for kind, about, answer in asked:
        give(at, kind.removeprefix("then: "), about, answer)
    assert at.issues() == []
    if any(answer != SETTLED for _, _, answer in asked):
        at.finalize()
    assert at.upload().status is JobStatus.COMPLETED
    assert made(at) == [[cell(one) for one in line] for line in contacts.lines]


def table_of(example: Section, first: str) -> Table | None:
    """The example's table whose first column has this name."""
    return next((table for table in example.tables if table.head[0] == first), None)


def asked_in(example: Section) -> list[list[str]]:
    """The lines of what is asked, if anything is."""
    asked = table_of(example, "Asked")
    return asked.lines if asked else []


def assert_asked_at_first(at: Desk, asked: list[list[str]]) -> None:
    expected = {(kind, about) for kind, about, _ in asked if not kind.startswith(("then: ", "nothing"))}
    assert {(KINDS[issue.type].title, named(issue)) for issue in at.issues()} == expected


def named(issue: IssueSummary) -> str:
    """What an issue is about, as the page says it."""
    return issue.email if issue.type is IssueType.DUPLICATE_EMAIL else f"row {issue.row_number}"


def give(at: Desk, kind: str, about: str, answer: str) -> None:
    """Give one answer of the page, which may be that none is needed, or that one is refused."""
    found = [one for one in at.issues() if (KINDS[one.type].title, named(one)) == (kind, about)]
    if answer == SETTLED:
        assert found == []
    elif answer in words.ANSWER.values():
        assert kind == "nothing"
        in_bulk(at, answer)
    elif answer.startswith("all: "):
        in_bulk(at, answer.removeprefix("all: "))
    elif answer.startswith("refused: "):
        with pytest.raises(InvalidDecision):
            one_answer(at, found, answer.removeprefix("refused: "))
    else:
        one_answer(at, found, answer)


def in_bulk(at: Desk, answer: str) -> None:
    [which] = [known for known, said in words.ANSWER.items() if said == answer]
    bulk.carry_out(at.sessions, at.user_id, at.job_id, Request(BulkAnswer(which)))


def one_answer(at: Desk, found: list[IssueSummary], answer: str) -> None:
    [issue] = found
    case = cases.get(at.sessions, at.user_id, at.job_id, issue.id)
    seen = Seen(at.user_id, at.job_id, issue.id, case.version)
    said, _, values = answer.partition(", ")
    if chosen := re.fullmatch(r"Keep row (\d+)", said):
        deciding.choose(at.sessions, seen, row_number=int(chosen[1]))
    elif said == "Save merged record":
        deciding.merge(at.sessions, seen, cells=typed(case.columns, case.suggested_merge(), values))
    elif said == "Save":
        deciding.edit(at.sessions, seen, cells=typed(case.columns, case.candidates[0].cells, values))
    elif said in {kind.accepting for kind in KINDS.values()}:
        deciding.accept(at.sessions, seen)
    else:
        assert re.fullmatch(r"Leave (this row|all \d+ rows) out", said)
        deciding.skip(at.sessions, seen)


def typed(columns: tuple[str, ...], cells: list[str] | tuple[str, ...], values: str) -> list[str]:
    """The cells with what is typed over them: `email: ana@example.com; company:`."""
    record = dict(zip(columns, cells, strict=True))
    for value in filter(None, values.split("; ")):
        name, _, now = value.partition(":")
        assert name in record
        record[name] = now.strip()
    return list(record.values())


def made(at: Desk) -> list[list[str]]:
    """The contacts as the page shows them: the row, then all columns in the order of the file."""
    numbers = [one.row_number for one in export.page(at.sessions, at.user_id, at.job_id, limit=100)]
    text = b"".join(export.open_contacts(at.sessions, at.user_id, at.job_id).chunks).decode("utf-8-sig")
    _, *records = csv.reader(io.StringIO(text, newline=""))
    return [[f"row {number}", *record] for number, record in zip(numbers, records, strict=True)]
