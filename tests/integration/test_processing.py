"""Processing as a use-case: what fails, what waits, and who keeps out of whose way."""

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import grouping, loading, processing, review, uploads, viewing
from ingestion.csv_file.options import ParseOptions
from ingestion.errors import RefusedUpload, UnreadableFile
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import FIELD_RULES, ContactColumns
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket
from tests.conftest import Submit
from tests.integration.jobs import row_of
from tests.tables import tables_of
from tests.unit.csv_file.workbooks import workbook

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"


PLAINLY = ParseOptions(ContactColumns(0), encoding="utf-8-sig")
WITH_NAMES = ParseOptions(ContactColumns(0, first_name=1))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email,first_name\n", "a header but no contacts"),
        ("email\nzoë@x.com\n".encode("latin-1"), "Line 2, column 3 holds the byte 0xEB"),
        (b'"email\nana@x.com\nbo@x.com\n', 'A quote (") opens in line 1'),
        (b"email\nana@x.com" + b"," * 1000, "Row 2 has 1,001 columns; at most 1,000 are taken"),
        (b"email," + b"n" * 2001 + b"\nana@x.com,b\n", "has 2,001 characters; at most 2,000 are taken"),
        (b"email\nana@x.com\n" + b"x" * (MEGABYTE + 1), "Line 3 holds a cell of more than 1,048,576"),
    ],
)
def test_a_file_that_turns_out_to_be_unreadable_fails_with_what_was_found_and_what_to_do(
    submit: Submit, sessions: Sessions, bucket: Bucket, content: bytes, said: str
) -> None:
    job_id = submit(content, options=PLAINLY)
    processing.process(sessions, bucket, job_id)
    found = row_of(sessions, job_id)
    assert found["status"] == JobStatus.FAILED
    assert said in str(found["error_message"])
    assert tables_of(sessions, job_id)["raw_rows"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,phone\nAna,1\n", "to be decided first: no_email"),
        (b"email,first_name\n", "a header but no contacts"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"email" + b"," * 1700 + b"\nana@x.com" + b"," * 1700 + b"\n", "1,701 columns; at most 1,000"),
    ],
)
def test_a_file_that_is_no_contact_list_is_refused_before_it_is_stored(
    sessions: Sessions, bucket: Bucket, user_id: int, content: bytes, said: str
) -> None:
    with pytest.raises(UnreadableFile, match=said):
        uploads.submit(
            sessions,
            bucket,
            lambda _job, _key: None,
            user_id=user_id,
            filename="a.csv",
            content=content,
            max_bytes=10_000,
        )
    assert viewing.listed(sessions, user_id) == []


def test_a_million_characters_in_any_cell_are_kept_and_asked_about_where_they_are_an_address(
    processed: Submit, sessions: Sessions
) -> None:
    much = "x" * 1_000_000
    lines = [f"ana@x.com,{much}1", f"ana@x.com,{much}2", f"{much},Bo", f"{much}@x.com,Cy"]

    job_id = processed(("email,first_name\n" + "\n".join(lines) + "\n").encode(), options=WITH_NAMES)

    tables = tables_of(sessions, job_id)
    assert sorted(str(kind) for kind, *_ in tables["issues"]) == [
        "DUPLICATE_EMAIL",
        "INVALID_EMAIL_FORMAT",
        "INVALID_EMAIL_FORMAT",
    ]
    assert [cells for _, cells, *_ in sorted(tables["raw_rows"])] == [line.split(",") for line in lines]


def test_nul_in_the_header_is_shown_as_what_cannot_be_stored(
    processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(b"email,na\0me\nana@x.com,Ana\n", options=PLAINLY)

    assert viewing.get(sessions, user_id, job_id).columns == ("email", "na\ufffdme")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("contacts.pdf", b"x", "none of the files that are taken"),
        ("contacts.csv", b"", "is empty"),
        ("contacts.csv", b"x" * 5_000_001, "at most"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(
    submit: Submit, sessions: Sessions, user_id: int, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(RefusedUpload, match=said):
        submit(content, name=name, options=PLAINLY)
    assert viewing.listed(sessions, user_id) == []


def test_a_workbook_is_held_by_its_own_limit_whatever_it_is_called(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    content = workbook({"May": [["email"], ["ana@x.com"]]})
    with pytest.raises(RefusedUpload, match="a workbook, which cannot be read piece by piece"):
        uploads.submit(
            sessions,
            bucket,
            lambda _job, _key: None,
            user_id=user_id,
            filename="contacts.csv",
            content=content,
            max_bytes=10 * len(content),
            max_workbook_bytes=len(content) - 1,
        )
    assert viewing.listed(sessions, user_id) == []


def test_groups_are_the_same_however_few_rows_are_read_back_at_once(
    processed: Submit, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two rows in three share one of 40 addresses; every other name is written with what COPY escapes.
    rows = [
        (f"e{at % 40 if at % 3 else at}@x.com", rf"A\na{at % 7}" if at // 40 % 2 else "Ana")
        for at in range(300)
    ]
    content = "email,first_name\n" + "".join(f"{email},{name}\n" for email, name in rows)
    whole = tables_of(sessions, processed(content.encode()))

    monkeypatch.setattr(grouping, "_ROWS_PER_LIST", 10)
    monkeypatch.setattr(loading, "_ROWS_SORTED", 50)
    monkeypatch.setattr(loading, "_ROWS_READ", 7)
    in_parts = tables_of(sessions, processed(content.encode()))

    assert len(whole["issue_rows"]) > 190
    assert in_parts == whole


def test_the_planner_knows_of_a_jobs_rows_as_soon_as_anybody_sees_them(
    submit: Submit, sessions: Sessions, bucket: Bucket
) -> None:
    content = b"email\n" + b"".join(b"e%d@x.com\n" % at for at in range(2000))
    planned = []
    for _ in range(2):
        job_id = submit(content)
        processing.take_in(sessions, bucket, job_id, max_bytes=100_000)
        with sessions() as session:
            query = text("EXPLAIN (FORMAT JSON) SELECT FROM raw_rows WHERE job_id = :job")
            (explained,) = session.execute(query, {"job": job_id}).scalar_one()
            planned.append(explained["Plan"]["Plan Rows"])
    assert all(1_000 < rows < 4_000 for rows in planned), planned


def test_a_rule_about_more_than_blanks_is_asked_about_every_row(
    processed: Submit, sessions: Sessions, user_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FIELD_RULES, IssueType.MISSING_COMPANY, lambda cell: cell == "Acme")
    rows = (
        "ana@x.com,Ana,Silva,Acme\n"  # nothing else is wrong with it
        "bo@x.com,Bo,Li,Hooli\n"
        "cy@münchen.example,Cy,Roy,Acme\n"  # an address that is looked at one by one
        ",Di,Xu,Acme\n"
        "ed@x.com,Ed,Poe,\n"
        "fay@x.com,Fay,Ode,Acme,more\n"
    )

    job_id = processed(f"email,first_name,last_name,company\n{rows}".encode())

    found = [(issue.row_number, issue.type) for issue in review.listed(sessions, user_id, job_id)]
    assert found == [
        (2, IssueType.MISSING_COMPANY),
        (4, IssueType.MISSING_COMPANY),
        (5, IssueType.MISSING_EMAIL),
        (5, IssueType.MISSING_COMPANY),
        (7, IssueType.MALFORMED_ROW),
    ]
    assert viewing.get(sessions, user_id, job_id).valid_rows == 4
