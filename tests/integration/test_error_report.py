"""The file of rows to correct: which rows, what they read, and what it says of each."""

import csv
import datetime as dt
import io
from codecs import BOM_UTF8
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from db.engine import Sessions
from ingestion import cases, deciding, error_report, finalization, processing, review, viewing
from ingestion.csv_file.options import ParseOptions
from ingestion.deciding import Seen
from ingestion.errors import Conflict, NotFound
from ingestion.protection import Cells
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.reasons import LEFT_OUT_COLUMNS, REASON_COLUMN, STILL_BROKEN
from ingestion.rules.validation import ContactColumns
from ingestion.storage import Bucket
from tests.conftest import Submit, add_user

HEADER = ["email", "first_name", "last_name", "company", "phone"]


class Desk:
    """One person at one upload."""

    def __init__(self, sessions: Sessions, user_id: int, job_id: int) -> None:
        self.sessions = sessions
        self.user_id = user_id
        self.job_id = job_id

    def see(self, kind: IssueType) -> Seen:
        found = review.listed(self.sessions, self.user_id, self.job_id, types=[kind])[0]
        case = cases.get(self.sessions, self.user_id, self.job_id, found.id)
        return Seen(self.user_id, self.job_id, found.id, case.version)

    def report(self) -> bytes:
        download = error_report.open_report(self.sessions, self.user_id, self.job_id, Cells.EXACT)
        return b"".join(download.chunks)

    def rows(self) -> list[list[str]]:
        """The report's rows; its header is checked."""
        header, *rows = csv.reader(io.StringIO(self.report().decode("utf-8-sig"), newline=""))
        assert header == [*HEADER, REASON_COLUMN]
        return rows


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    def desk(rows: str) -> Desk:
        return Desk(sessions, user_id, processed(f"{','.join(HEADER)}\n{rows}".encode()))

    return desk


@pytest.mark.parametrize(
    ("line", "cells", "why"),
    [
        (" ,Ana,Silva,Acme,1", [" ", "Ana", "Silva", "Acme", "1"], "Missing e-mail"),
        ("a@x.com,,Silva,Acme,1", ["a@x.com", "", "Silva", "Acme", "1"], "Missing first name"),
        ("a@x.com,Ana, ,Acme,1", ["a@x.com", "Ana", " ", "Acme", "1"], "Missing last name"),
        ("a@x.com,Ana,Silva,,1", ["a@x.com", "Ana", "Silva", "", "1"], "Missing company"),
        (
            "a@x.com,Ana,Silva",
            ["a@x.com", "Ana", "Silva", "", ""],
            "Row too short: The row has 3 cells, the header 5",
        ),
        (
            "a@x.com,,,,",
            ["a@x.com", "", "", "", ""],
            "Missing first name; Missing last name; Missing company",
        ),
        (
            '=1+1,"say ""hi"",\nthere",Silva,Acme,+351',
            ["=1+1", 'say "hi",\nthere', "Silva", "Acme", "+351"],
            "Invalid e-mail: =1+1: An email address must have an @-sign",
        ),
    ],
)
def test_a_row_is_given_as_received_with_the_reason_behind_it(
    desk: Callable[[str], Desk], line: str, cells: list[str], why: str
) -> None:
    at = desk(f"bo@x.com,Bo,Li,Hooli,3\n{line}\n")

    note = [STILL_BROKEN] if "Row too short" in why else []
    assert at.rows() == [[*cells, why, *note]]


def test_cells_beyond_the_header_stand_after_the_reason(desk: Callable[[str], Desk]) -> None:
    at = desk("a@x.com,Ana,Silva,Acme,1,one,two\n")

    assert at.rows() == [
        [
            *("a@x.com", "Ana", "Silva", "Acme", "1"),
            "Row too long: The row has 7 cells, the header 5",
            *("one", "two"),
        ]
    ]


def test_every_row_of_an_open_group_is_given_in_file_order(desk: Callable[[str], Desk]) -> None:
    at = desk("a@x.com,Ana,Silva,Acme,1\nbo@x.com,Bo,Li,Hooli,2\n A@X.com,Ana,Silva,,3\n")

    why = "Duplicate e-mail: 2 rows have it (rows 2, 4)"
    assert at.rows() == [
        ["a@x.com", "Ana", "Silva", "Acme", "1", why],
        [" A@X.com", "Ana", "Silva", "", "3", f"Missing company; {why}"],
    ]


def test_what_was_settled_needs_no_attention_but_what_was_left_out_does(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("a@x.com,Ana,Silva,,1\nbad,,Li,Hooli,2\nbo@x.com,Bo,Li,Hooli,3\n")
    deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY))
    deciding.skip(at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))
    finalization.request(at.sessions, lambda _job: None, at.user_id, at.job_id)
    finalization.finalize(at.sessions, at.job_id)

    (row,) = at.rows()
    assert row[:5] == ["bad", "", "Li", "Hooli", "2"]
    who, *wrong = row[5].split("; ")
    assert who.startswith("Left out by Ana No")
    assert wrong == ["Invalid e-mail: bad: An email address must have an @-sign", "Missing first name"]


def test_every_row_of_a_group_that_was_left_out_says_who_did_it(desk: Callable[[str], Desk]) -> None:
    at = desk("a@x.com,Ana,Silva,Acme,1\na@x.com,Ana,Silva,Hooli,2\nbo@x.com,Bo,Li,Hooli,3\n")
    deciding.skip(at.sessions, at.see(IssueType.DUPLICATE_EMAIL))

    assert [row[4] for row in at.rows()] == ["1", "2"]
    for row in at.rows():
        assert row[5].startswith("Left out by Ana No")
        assert row[5].endswith("; Duplicate e-mail: 2 rows have it (rows 2, 3)")


def test_a_corrected_row_that_waits_for_more_is_given_as_received(desk: Callable[[str], Desk]) -> None:
    at = desk("a@x.com,,Silva,,1\n")
    deciding.edit(
        at.sessions, at.see(IssueType.MISSING_FIRST_NAME), cells=["a@x.com", "Ana", "Silva", "", "1"]
    )

    assert at.rows() == [["a@x.com", "", "Silva", "", "1", "Missing company"]]


def test_excel_reads_the_file_and_its_name_says_what_it_is_for(
    sessions: Sessions, user_id: int, processed: Submit
) -> None:
    job_id = processed("email,first_name\nz\u00f6e@,Zo\u00eb\n".encode(), name="März.csv")

    download = error_report.open_report(sessions, user_id, job_id)

    assert download.filename == "März-to-correct.csv"
    content = b"".join(download.chunks)
    assert content.startswith(b"\xef\xbb\xbfemail,first_name,")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert content.endswith(b"\r\n")


def test_a_large_report_is_complete_and_in_order(desk: Callable[[str], Desk]) -> None:
    at = desk("".join(f"a{number}@x.com,Ana,Silva,,{number}\n" for number in range(3_000)))

    assert [row[4] for row in at.rows()] == [str(number) for number in range(3_000)]


def test_a_report_of_nothing_is_refused(desk: Callable[[str], Desk]) -> None:
    at = desk("a@x.com,Ana,Silva,Acme,1\n")

    with pytest.raises(Conflict, match="No row of this upload needs attention"):
        at.report()


def test_a_report_before_the_rows_were_checked_is_refused(
    sessions: Sessions, user_id: int, submit: Submit, bucket: Bucket
) -> None:
    job_id = submit(b"email\n\xe9@x.com\n", options=ParseOptions(ContactColumns(0)))
    with pytest.raises(Conflict, match="not checked yet"):
        error_report.open_report(sessions, user_id, job_id)

    processing.process(sessions, bucket, job_id)
    with pytest.raises(Conflict, match="could not be read"):
        error_report.open_report(sessions, user_id, job_id)


def test_somebody_elses_rows_are_as_good_as_none(desk: Callable[[str], Desk]) -> None:
    at = desk(",Ana,Silva,Acme,1\n")

    with pytest.raises(NotFound):
        error_report.open_report(at.sessions, add_user(at.sessions), at.job_id)


def test_other_jobs_are_not_mixed_in(desk: Callable[[str], Desk]) -> None:
    desk("a@x.com,Ana,Silva,Acme,1\na@x.com,Bo,Silva,Acme,2\n,,,Acme,3\n")
    at = desk("a@x.com,Ana,Silva,Acme,7\na@x.com,Bo,Silva,Acme,8\n")

    assert [row[4:] for row in at.rows()] == [
        ["7", "Duplicate e-mail: 2 rows have it (rows 2, 3)"],
        ["8", "Duplicate e-mail: 2 rows have it (rows 2, 3)"],
    ]


def test_a_report_that_stalls_holds_no_connection(desk: Callable[[str], Desk], engine: Engine) -> None:
    at = desk("".join(f"user{n}@x.com,Ana,Silva,,{'x' * 400}\n" for n in range(1_000)))

    chunks = error_report.open_report(at.sessions, at.user_id, at.job_id).chunks
    assert next(chunks) == BOM_UTF8
    assert len(next(chunks)) > 64 * 1024
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    chunks.close()


def test_the_settings_of_the_report_end_with_it(desk: Callable[[str], Desk]) -> None:
    at = desk(",Ana,Silva,Acme,1\n")
    at.report()

    with at.sessions() as session:
        assert session.scalar(text("SHOW enable_nestloop")) == "on"


def as_a_spreadsheet_saves_it(rows: list[list[str]]) -> bytes:
    """Every row as wide as the widest."""
    file, width = io.StringIO(), max(map(len, rows))
    csv.writer(file).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return file.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("saved", [True, False])
def test_a_broken_row_that_nobody_corrected_is_asked_about_again(
    desk: Callable[[str], Desk], processed: Submit, sessions: Sessions, user_id: int, *, saved: bool
) -> None:
    at = desk('a@x.com,Ana,Silva\nbo@x.com,"Bo"x,Li,Hooli,3\ncy@x.com,Cy,Li,Acme,1,2\n')
    content = as_a_spreadsheet_saves_it([[*HEADER, REASON_COLUMN], *at.rows()]) if saved else at.report()

    again = processed(content)

    upload = viewing.get(sessions, user_id, again)
    assert upload.columns == tuple(HEADER)
    assert (upload.total_rows, upload.valid_rows, upload.open_issues) == (3, 0, 3)


@pytest.mark.parametrize("saved", [True, False])
def test_a_corrected_report_is_accepted_as_it_is(
    desk: Callable[[str], Desk], processed: Submit, sessions: Sessions, user_id: int, *, saved: bool
) -> None:
    at = desk("a@x.com,Ana,Silva\nbo,Bo,Li,Hooli,3\ncy@x.com,Cy,Li,Acme,1,2\n")
    broken, invalid, long = at.rows()
    rows = [
        [*HEADER, REASON_COLUMN],
        [*broken[:3], "Acme", "1", broken[5], *([""] if saved else [])],
        ["bo@x.com", *invalid[1:]],
        long[:6],
    ]
    content = as_a_spreadsheet_saves_it(rows)

    again = processed(content)

    upload = viewing.get(sessions, user_id, again)
    assert upload.status is JobStatus.COMPLETED
    assert upload.valid_rows == 3


def left_out(at: Desk) -> list[list[str]]:
    """The rows of the file of rows left out; its header is checked."""
    download = error_report.open_left_out(at.sessions, at.user_id, at.job_id, Cells.EXACT)
    assert download.filename == "contacts-left-out.csv"
    content = b"".join(download.chunks).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert header == [*HEADER, *LEFT_OUT_COLUMNS]
    return rows


@pytest.mark.parametrize("is_final", [False, True])
def test_rows_left_out_are_a_file_that_says_why_who_and_when(
    desk: Callable[[str], Desk], *, is_final: bool
) -> None:
    at = desk("bad,,Li,Hooli,2\na@x.com,Ana,Silva,,1\ncy@x.com,Cy,Li,Acme,1,surplus\n=1+1,Di,Roy\n")
    deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY))
    deciding.skip(at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))
    deciding.skip(at.sessions, at.see(IssueType.MALFORMED_ROW))
    if is_final:
        deciding.skip(at.sessions, at.see(IssueType.MALFORMED_ROW))
        finalization.request(at.sessions, lambda _job: None, at.user_id, at.job_id)
        finalization.finalize(at.sessions, at.job_id)

    bad, long, *short = left_out(at)

    assert bad[:6] == [
        *("bad", "", "Li", "Hooli", "2"),
        "Invalid e-mail: bad: An email address must have an @-sign; Missing first name",
    ]
    assert bad[6].startswith("Ana No")
    assert abs(
        dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.datetime.fromisoformat(bad[7])
    ) < dt.timedelta(minutes=5)
    assert long[5] == "Row too long: The row has 6 cells, the header 5"
    assert long[8:] == ["surplus"]
    assert [row[:5] for row in short] == ([["=1+1", "Di", "Roy", "", ""]] if is_final else [])


def test_a_file_of_no_rows_left_out_is_refused(desk: Callable[[str], Desk]) -> None:
    at = desk(",Ana,Silva,Acme,1\n")

    assert not error_report.is_any_left_out(at.sessions, at.user_id, at.job_id)
    with pytest.raises(Conflict, match="Nobody left a row"):
        error_report.open_left_out(at.sessions, at.user_id, at.job_id)


def test_somebody_elses_rows_left_out_are_as_good_as_none(desk: Callable[[str], Desk]) -> None:
    at = desk(",Ana,Silva,Acme,1\n")
    deciding.skip(at.sessions, at.see(IssueType.MISSING_EMAIL))
    assert error_report.is_any_left_out(at.sessions, at.user_id, at.job_id)

    with pytest.raises(NotFound):
        error_report.open_left_out(at.sessions, add_user(at.sessions), at.job_id)
