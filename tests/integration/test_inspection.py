"""What an Inspector gives of an upload: its tables, their types, and what it tells apart."""

from collections.abc import Iterator

import pandas as pd
import pytest

from db.engine import Sessions
from ingestion import deciding, inspection
from ingestion.errors import NotFound
from ingestion.inspection import FRAMES, Inspector
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from tests.conftest import Submit, add_user
from tests.integration.desk import Desk
from tests.integration.inspecting import FILE, PLAIN, every_table, records, settle_all, settle_some
from tests.integration.jobs import set_row

DUPLICATE, BROKEN, INVALID = "DUPLICATE_EMAIL", "MALFORMED_ROW", "INVALID_EMAIL_FORMAT"


@pytest.fixture
def inspector(settings: Settings) -> Iterator[Inspector]:
    with inspection.connect(settings.database_url) as inspector:
        yield inspector


@pytest.fixture
def at(sessions: Sessions, user_id: int, processed: Submit) -> Desk:
    return Desk(sessions, user_id, processed(FILE))


def has_declared_types(name: str, table: pd.DataFrame) -> bool:
    declared = {column.name: column.pandas_dtype for column in FRAMES[name].columns}
    found = dict(table.dtypes)
    others = {column: found.pop(column) for column in list(found) if column not in declared}
    return found == declared and set(others.values()) <= {pd.StringDtype()}


def test_tables_have_the_types_that_are_declared(inspector: Inspector, at: Desk) -> None:
    settle_all(at)
    at.finalize()
    tables = every_table(inspector, at.job_id, "cy@x.com")
    assert set(tables) == set(FRAMES)
    assert [name for name, table in tables.items() if table.empty] == []
    assert [name for name, table in tables.items() if not has_declared_types(name, table)] == []


def test_empty_tables_have_the_same_types(inspector: Inspector, submit: Submit) -> None:
    tables = every_table(inspector, submit(FILE))
    assert [name for name, table in tables.items() if not table.empty] == ["jobs"]
    tables["jobs"] = inspector.jobs(status="FAILED")
    assert tables["jobs"].empty
    assert [name for name, table in tables.items() if not has_declared_types(name, table)] == []


def test_rows_are_those_received_or_as_they_now_read(inspector: Inspector, at: Desk) -> None:
    settle_some(at)
    raw, now = inspector.rows(at.job_id, raw=True), inspector.rows(at.job_id)
    assert list(raw.columns[3:]) == ["email", "first_name", "last_name", "company", "phone"]
    assert raw["row_number"].tolist() == now["row_number"].tolist() == list(range(2, 13))
    assert records(raw[raw["row_number"] == 8], "state", "email") == [("not usable", "bad")]
    assert records(now[now["row_number"] == 8], "state", "email") == [("usable", "di@x.com")]
    assert records(now[now["row_number"] == 12], "state", "last_name") == [("left out", "Orr")]


def test_a_row_of_another_shape_shows_what_it_has_and_has_not(inspector: Inspector, at: Desk) -> None:
    short, long = (inspector.rows(at.job_id, numbers=[row]) for row in (9, 10))
    assert records(short, "first_name", "last_name", "surplus") == [("Eve", None, ())]
    assert records(long, "phone", "surplus") == [("8", ("more",))]


def test_a_column_of_the_file_that_is_called_as_one_of_ours_gets_a_number(
    inspector: Inspector, processed: Submit
) -> None:
    job_id = processed(b"email,first_name,state\nana@x.com,Ana,Ohio\n")
    assert records(inspector.rows(job_id), "state", "state (2)") == [("usable", "Ohio")]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"state": "usable"}, [2, 3, 4, 5, 6, 7, 8, 11]),
        ({"state": "not usable"}, [9, 10]),
        ({"state": "left out"}, [12]),
        ({"search": "GLOBEX"}, [3]),
        ({"search": "%"}, []),
        ({"numbers": [5, 4, 99]}, [4, 5]),
        ({"search": "hooli", "numbers": [5]}, [5]),
        ({"raw": True, "state": "left out"}, []),
        ({"raw": True, "state": "not usable"}, [8, 9, 10, 12]),
    ],
)
def test_rows_are_filtered(
    inspector: Inspector, at: Desk, filters: dict[str, object], expected: list[int]
) -> None:
    settle_some(at)
    assert inspector.rows(at.job_id, **filters)["row_number"].tolist() == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "open"}, [(DUPLICATE, 6), (BROKEN, 9), (BROKEN, 10), ("MISSING_LAST_NAME", 11)]),
        ({"status": "settled"}, [(DUPLICATE, 2), (INVALID, 8), ("MISSING_EMAIL", 12)]),
        ({"types": ["MALFORMED_ROW"]}, [(BROKEN, 9), (BROKEN, 10)]),
        ({"search": "umbrella"}, [(DUPLICATE, 6)]),
        ({"numbers": [3, 8]}, [(DUPLICATE, 2), (INVALID, 8)]),
    ],
)
def test_issues_are_filtered(
    inspector: Inspector, at: Desk, filters: dict[str, object], expected: list[tuple[str, int]]
) -> None:
    settle_some(at)
    assert records(inspector.issues(at.job_id, **filters), "type", "row_number") == expected  # type: ignore[arg-type]


def test_an_issue_says_what_it_is_about_and_who_settled_it(inspector: Inspector, at: Desk) -> None:
    name = inspector.jobs()["owner"].iloc[0]
    settle_some(at)
    columns = "email", "rows", "status", "decided_by"
    assert records(inspector.issues(at.job_id, numbers=[3]), *columns) == [("ana@x.com", 2, "settled", name)]
    assert records(inspector.issues(at.job_id, numbers=[10]), *columns) == [("fay@x.com", 1, "open", None)]


def test_what_somebody_decided_is_found_by_name_or_number(
    inspector: Inspector, at: Desk, sessions: Sessions
) -> None:
    name = inspector.jobs()["owner"].iloc[0]
    settle_some(at)
    assert len(inspector.issues(at.job_id, by=name.upper())) == 3
    assert len(inspector.decisions(at.job_id, by=at.user_id)) == 3
    assert inspector.decisions(at.job_id, by=add_user(sessions)).empty
    with pytest.raises(NotFound, match=f"Those who did: {name}"):
        inspector.decisions(at.job_id, by="Nobody")


def test_duplicates_say_which_row_is_kept(inspector: Inspector, at: Desk) -> None:
    settle_some(at)
    found = inspector.duplicates(at.job_id)
    assert records(found, "email", "row_number", "group_size", "asked", "kept", "action", "company") == [
        ("ana@x.com", 2, 2, "settled", False, "choose", "Acme"),
        ("ana@x.com", 3, 2, "settled", True, "choose", "Globex"),
        ("bo@x.com", 4, 2, "not asked", True, None, "Hooli"),
        ("bo@x.com", 5, 2, "not asked", False, None, "Hooli"),
        ("cy@x.com", 6, 2, "open", None, None, "Initech"),
        ("cy@x.com", 7, 2, "open", None, None, "Umbrella"),
    ]
    assert inspector.duplicates(at.job_id, asked="open")["row_number"].tolist() == [6, 7]
    assert inspector.duplicates(at.job_id, search="BO@")["row_number"].tolist() == [4, 5]
    assert inspector.duplicates(at.job_id, numbers=[3, 8])["row_number"].tolist() == [2, 3]


def test_of_a_group_that_was_left_out_no_row_is_kept(inspector: Inspector, at: Desk) -> None:
    deciding.skip(at.sessions, at.see(IssueType.DUPLICATE_EMAIL, 6))
    assert inspector.duplicates(at.job_id, numbers=[6])["kept"].tolist() == [False, False]


def test_decisions_tell_what_was_answered(inspector: Inspector, at: Desk) -> None:
    settle_some(at)
    columns = "action", "type", "issues", "subject", "answer", "undone_by"
    assert records(inspector.decisions(at.job_id), *columns) == [
        ("skip", "MISSING_EMAIL", 1, "row 12", None, None),
        ("edit", "INVALID_EMAIL_FORMAT", 1, "row 8", None, None),
        ("choose", "DUPLICATE_EMAIL", 1, "ana@x.com", None, None),
    ]
    assert inspector.decisions(at.job_id, action="edit")["subject"].tolist() == ["row 8"]
    assert inspector.decisions(at.job_id, search="ana")["subject"].tolist() == ["ana@x.com"]


def test_contacts_and_where_their_values_come_from(inspector: Inspector, at: Desk) -> None:
    assert inspector.contacts(at.job_id).empty
    settle_all(at)
    at.finalize()
    found = inspector.contacts(at.job_id)
    assert records(found, "email", "company", "row_number", "phone") == [
        ("ana@x.com", "Globex", 3, "2"),
        ("bo@x.com", "Hooli", 4, "3"),
        ("cy@x.com", "Both", 6, "5"),
        ("di@x.com", "Acme", 8, "7"),
        ("gus@x.com", "Acme", 11, ""),
    ]
    assert inspector.contacts(at.job_id, search="globex")["email"].tolist() == ["ana@x.com"]
    traced = inspector.provenance(at.job_id, "cy@x.com")
    assert records(traced[traced["column"].isin(["company", "phone"])], "value", "row_numbers", "action") == [
        ("Both", (), "merge"),
        ("5", (6,), "merge"),
    ]
    with pytest.raises(NotFound, match="no such contact"):
        inspector.provenance(at.job_id, "nobody@x.com")


def test_quality_is_counted_at_each_stage(inspector: Inspector, at: Desk) -> None:
    settle_all(at)
    at.finalize()
    columns = "column", "field", "rows", "filled", "distinct", "longest", "valid"
    received = inspector.quality(at.job_id, of="received")
    assert records(received, *columns) == [
        ("email", "email", 11, 10, 8, 9, 7),
        ("first_name", "first_name", 11, 11, 9, 3, None),
        ("last_name", "last_name", 11, 9, 6, 5, None),
        ("company", "company", 11, 10, 5, 8, None),
        ("phone", None, 11, 8, 8, 1, None),
    ]
    assert received["completeness"].iloc[0] == pytest.approx(10 / 11)
    assert received["validity"].iloc[0] == pytest.approx(7 / 11)
    now = inspector.quality(at.job_id)
    assert records(now, "rows", "filled")[0] == (8, 8)
    contacts = inspector.quality(at.job_id, of="contacts")
    assert records(contacts, "column", "rows", "filled") == [
        ("email", 5, 5),
        ("first_name", 5, 5),
        ("last_name", 5, 4),
        ("company", 5, 5),
        ("phone", 5, 4),
    ]


def test_columns_of_a_file_in_any_order_are_told_apart_in_contacts(
    inspector: Inspector, sessions: Sessions, user_id: int, processed: Submit
) -> None:
    at = Desk(sessions, user_id, processed(b"city,company,email,fax,first_name\nOslo,Acme,a@x.com,,Ana\n"))
    assert at.upload().status is JobStatus.COMPLETED
    found = inspector.quality(at.job_id, of="contacts")
    assert records(found, "column", "filled") == [
        ("city", 1),
        ("company", 1),
        ("email", 1),
        ("fax", 0),
        ("first_name", 1),
    ]


def test_issues_and_groups_are_counted(inspector: Inspector, at: Desk) -> None:
    settle_some(at)
    assert records(inspector.issue_counts(at.job_id), "type", "open", "settled") == [
        ("MALFORMED_ROW", 2, 0),
        ("MISSING_EMAIL", 0, 1),
        ("INVALID_EMAIL_FORMAT", 0, 1),
        ("MISSING_LAST_NAME", 1, 0),
        ("DUPLICATE_EMAIL", 1, 1),
    ]
    assert records(inspector.group_sizes(at.job_id), "group_size", "asked", "groups") == [
        (2, "not asked", 1),
        (2, "open", 1),
        (2, "settled", 1),
    ]


def test_jobs_are_filtered(
    inspector: Inspector, sessions: Sessions, processed: Submit, submit: Submit
) -> None:
    other = add_user(sessions)
    first = processed(FILE, name="spring.csv")
    second = submit(PLAIN, name="autumn.csv", owner=other)
    found = inspector.jobs()
    assert records(found, "job_id", "file", "status", "rows") == [
        (second, "autumn.csv", "PENDING", 0),
        (first, "spring.csv", "NEEDS_REVIEW", 11),
    ]
    assert records(found, "seconds")[0] == (None,)
    assert found["rows_per_second"].iloc[1] == pytest.approx(11 / found["seconds"].iloc[1])
    assert inspector.jobs(status="PENDING")["job_id"].tolist() == [second]
    assert inspector.jobs(search="SPRING")["job_id"].tolist() == [first]
    assert inspector.jobs(owner=found["owner_email"].iloc[0].upper())["job_id"].tolist() == [second]


def test_a_deleted_upload_is_not_there(inspector: Inspector, at: Desk) -> None:
    set_row(at.sessions, at.job_id, "deleted_at = now()")
    assert inspector.jobs().empty
    methods = ("job", "rows", "issues", "duplicates", "decisions", "contacts", "quality", "issue_counts")
    for name in (*methods, "group_sizes"):
        with pytest.raises(NotFound, match=f"There is no upload {at.job_id}"):
            getattr(inspector, name)(at.job_id)
    with pytest.raises(NotFound, match="There is no upload"):
        inspector.provenance(at.job_id, "ana@x.com")


def test_a_word_that_is_none_is_refused_with_those_that_there_are(inspector: Inspector, at: Desk) -> None:
    with pytest.raises(ValueError, match="'closed' is none of 'open', 'settled'"):
        inspector.issues(at.job_id, status="closed")
    with pytest.raises(ValueError, match="'all' is none of 'received', 'rows', 'contacts'"):
        inspector.quality(at.job_id, of="all")
