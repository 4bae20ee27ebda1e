"""What spreadsheets could take for formulas: exported, uploaded again, and the same as before."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import (
    cases,
    deciding,
    error_report,
    export,
    finalization,
    processing,
    replay,
    review,
    versions,
    viewing,
)
from ingestion.csv_file.options import ParseOptions
from ingestion.export import Download
from ingestion.protection import Cells, csv_line
from ingestion.rules.formulas import is_dangerous
from ingestion.rules.issues import IssueType
from ingestion.rules.validation import ContactColumns
from ingestion.storage import Bucket
from tests.conftest import Submit
from tests.integration.desk import Desk
from tests.tables import tables_of

NAMES = ["email", "first_name", "last_name", "company", "=note", "'@note", "note;=more"]
CELLS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=HYPERLINK("http://example.com","x")',
    "=cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    " =1+1",
    "\u200b=1+1",
    "'=1+1",
    "''=1+1",
    "'Ana'",
    "O'Brien",
    "'",
    "'\tx",
    "a;=1+1",
    "a;'=1+1",
    'a\n"=1+1',
    "a\r-x|+y\t@z",
    "+49 30 123456",
    "'+49 30 123456",
    "-5",
    "-1.234,56 €",
    "-",
]


def list_of(cells: Sequence[str], names: Sequence[str] = NAMES) -> bytes:
    """A contact list with each cell once, as a company and as two notes, and one more in an address."""
    rows = [
        [f"a{at:03}@x.com", "Ana", "Silva", cell or "x", cell, f"x{cell}", cell]
        for at, cell in enumerate(cells)
    ]
    rows.append(["=ana@x.com", "Ana", "Silva", "Acme", "", "", ""])
    return "".join(csv_line(row) + "\n" for row in [list(names), *rows]).encode()


def rows_of(download: Download) -> list[list[str]]:
    content = b"".join(download.chunks).removeprefix(BOM_UTF8)
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


class Exported:
    """A list that was finalized, and what can be had of it."""

    def __init__(self, sessions: Sessions, user_id: int, job_id: int) -> None:
        self._asked = sessions, user_id, job_id
        if viewing.get(sessions, user_id, job_id).open_issues == 0:
            finalization.finalize(sessions, job_id)

    def contacts(self, cells: Cells = Cells.PROTECTED) -> bytes:
        return b"".join(export.open_contacts(*self._asked, cells=cells).chunks)

    def report(self, cells: Cells = Cells.PROTECTED) -> bytes:
        return b"".join(error_report.open_report(*self._asked, cells).chunks)


@pytest.fixture
def exported(sessions: Sessions, user_id: int, processed: Submit) -> Exported:
    return Exported(sessions, user_id, processed(list_of(CELLS), options=exactly()))


def exactly(**values: object) -> ParseOptions:
    return ParseOptions(ContactColumns(0, 1, 2, 3), encoding="utf-8-sig", **values)  # type: ignore[arg-type]


def test_an_export_that_is_uploaded_again_gives_the_same_contacts(
    exported: Exported, sessions: Sessions, user_id: int, processed: Submit
) -> None:
    again = Exported(sessions, user_id, processed(exported.contacts()))

    assert again.contacts(Cells.EXACT) == exported.contacts(Cells.EXACT)
    assert again.contacts() == exported.contacts()


def test_no_cell_of_an_export_could_be_a_formula_and_exact_ones_are_as_they_were(
    exported: Exported,
) -> None:
    protected, exact = (
        list(csv.reader(io.StringIO(exported.contacts(cells).decode(), newline=""))) for cells in Cells
    )

    assert not [cell for row in protected for cell in row if is_dangerous(cell)]
    assert exact[0] == NAMES
    assert exact[1][0] == "=ana@x.com"
    assert [row[4] for row in exact[2:]] == CELLS
    kept = {"+49 30 123456", "'+49 30 123456", "-5", "-1.234,56 €", "-", "'Ana'", "O'Brien", "'"}
    assert {row[4] for row in protected} >= kept


def test_rows_to_correct_are_the_same_rows_when_they_are_uploaded_again(
    sessions: Sessions, user_id: int, processed: Submit
) -> None:
    rows = [["=1;=2", "Ana", "", cell, cell, "", cell] for cell in CELLS]
    content = "".join(csv_line(row) + "\n" for row in [NAMES, *rows]).encode()
    at = Exported(sessions, user_id, processed(content, options=exactly()))

    again = Exported(sessions, user_id, processed(at.report()))

    assert again.report(Cells.EXACT) == at.report(Cells.EXACT)
    assert again.report() == at.report() != at.report(Cells.EXACT)


def test_rows_left_out_are_protected_too(sessions: Sessions, user_id: int, processed: Submit) -> None:
    at = Desk(sessions, user_id, processed(b"email,first_name,last_name,company\n=1+1,@Ana,Silva,Acme\n"))
    deciding.skip(sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))

    left_out = [
        rows_of(error_report.open_left_out(sessions, user_id, at.job_id, cells))[1][:2] for cells in Cells
    ]

    assert left_out == [["'=1+1", "'@Ana"], ["=1+1", "@Ana"]]


def test_a_version_is_protected_and_its_hash_is_that_of_the_exact_cells(
    exported: Exported, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    with sessions() as session:
        [job_id] = session.scalars(text("SELECT job_id FROM finalizations")).all()

    given = {
        cells: b"".join(versions.open_version(sessions, bucket, user_id, job_id, 1, cells).chunks)
        for cells in Cells
    }

    assert given == {cells: exported.contacts(cells) for cells in Cells}
    assert given[Cells.EXACT] != given[Cells.PROTECTED]


def test_what_is_read_without_apostrophes_is_made_anew_identically(
    exported: Exported, sessions: Sessions, bucket: Bucket, processed: Submit
) -> None:
    job_id = processed(exported.contacts())

    with sessions() as session:
        assert replay.check(session.get_bind(), bucket, job_id).findings == []  # type: ignore[arg-type]


def test_a_job_from_before_exports_were_protected_is_read_as_it_was(
    exported: Exported, sessions: Sessions, bucket: Bucket, submit: Submit
) -> None:
    before = submit(exported.contacts(), options=exactly(is_protected=False))
    old = submit(exported.contacts(), options=exactly(is_protected=True))
    with sessions.begin() as session:
        session.execute(
            text("UPDATE jobs SET parse_options = parse_options - 'is_protected' WHERE id = :job"),
            {"job": old},
        )
    for job_id in (before, old):
        processing.process(sessions, bucket, job_id)

    assert tables_of(sessions, old)["raw_rows"] == tables_of(sessions, before)["raw_rows"]
    assert "'=1+1" in str(tables_of(sessions, old)["raw_rows"])


def test_issues_are_about_the_cells_as_they_were(sessions: Sessions, user_id: int, processed: Submit) -> None:
    job_id = processed(b"email,first_name,last_name,company\n'=1+1,'@Ana,Silva,Acme\n")

    (issue,) = review.listed(sessions, user_id, job_id)
    cells = cases.get(sessions, user_id, job_id, issue.id).candidates[0].cells
    assert list(cells) == ["=1+1", "@Ana", "Silva", "Acme"]
