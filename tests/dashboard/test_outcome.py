"""What people see of an upload before finalizing it, meanwhile, and after it."""

from collections.abc import Callable, Hashable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.views import outcome
from db.engine import Sessions
from db.queries import jobs
from ingestion import deciding, finalization, undoing
from ingestion.outcome import Outcome
from ingestion.rules.issues import IssueType
from tests.conftest import Submit, add_user
from tests.dashboard.conftest import Visit, bars, click, contacts_page, links, rows, texts, upload_page
from tests.integration.desk import HEADER, Desk

ROWS = (
    "ana@x.com,Ana,Silva,Acme,1\n"  # 2
    "ana@x.com,Ana,Silva,Globex,2\n"
    "bo@x.com,Bo,Li,Hooli,3\n"  # 4
    "bo@x.com,Bo,Li,Hooli,4\n"
    "![i](x),<b>,Roy,Acme,7\n"  # 6
)


def outcome_page() -> None:
    from dashboard.views import outcome

    outcome.page()


@pytest.fixture
def at(sessions: Sessions, user_id: int, processed: Submit) -> Desk:
    return Desk(sessions, user_id, processed((HEADER + ROWS).encode()))


def settle(at: Desk) -> None:
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    deciding.skip(at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))


def shown(app: AppTest, which: Outcome) -> list[dict[Hashable, Any]]:
    app.segmented_control[0].set_value(which)
    app.run()
    assert not app.exception
    return app.dataframe[0].value.to_dict("records")


@pytest.mark.parametrize("is_final", [False, True])
def test_each_list_is_shown_in_plain_words(visit: Visit, at: Desk, *, is_final: bool) -> None:
    settle(at)
    if is_final:
        at.finalize()
    app = visit(outcome_page, at.job_id)
    assert [metric.value for metric in app.metric] == ["5", "2", "1", "1", "1"]

    chosen, kept = shown(app, Outcome.CONTACT)
    assert (chosen["Row"], chosen["Company"], chosen["How"]) == (3, "Globex", "Chose a row")
    assert (kept["Row"], kept["How"], kept["Decided by"], kept["When"]) == (4, "", "", "")
    (bad,) = shown(app, Outcome.LEFT_OUT)
    assert (bad["E-mail"], bad["Name"], bad["Because of"]) == ("![i](x)", "<b> Roy", "Invalid e-mail")
    assert str(bad["Decided by"]).startswith("Ana No")
    (lost,) = shown(app, Outcome.SETTLED)
    assert (lost["Row"], lost["Became"]) == (2, "Row 3 was chosen")
    (repeat,) = shown(app, Outcome.REPEAT)
    assert (repeat["Row"], repeat["Kept"], repeat["Differs in"]) == (5, "Row 4", "1 column: phone")


def test_a_list_is_searched_by_email(visit: Visit, at: Desk) -> None:
    settle(at)
    app = visit(outcome_page, at.job_id)
    app.text_input[0].set_value("ANA@")
    app.run()
    assert app.dataframe[0].value["E-mail"].tolist() == ["ana@x.com"]
    app.text_input[0].set_value("nobody")
    app.run()
    assert "No row matches" in texts(app)


def test_a_long_list_is_shown_by_page(
    visit: Visit, processed: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "PAGE_SIZE", 2)
    job_id = processed((HEADER + "".join(f"u{n}@x.com,A,B,C,\n" for n in range(3))).encode())
    app = visit(outcome_page, job_id)
    assert app.dataframe[0].value["Row"].tolist() == [2, 3]
    click(app, "Next")
    assert app.dataframe[0].value["Row"].tolist() == [4]
    click(app, "Previous")
    assert app.dataframe[0].value["Row"].tolist() == [2, 3]


def test_open_questions_are_counted_as_such(visit: Visit, at: Desk) -> None:
    app = visit(outcome_page, at.job_id)
    assert {metric.label: metric.value for metric in app.metric}["Still to decide"] == "3"


@pytest.mark.parametrize("page", [outcome_page, upload_page])
def test_somebody_elses_outcome_is_not_found(
    visit: Visit, processed: Submit, sessions: Sessions, page: Callable[[], None]
) -> None:
    app = visit(page, processed((HEADER + ROWS).encode(), owner=add_user(sessions)))
    assert "no such upload" in texts(app)
    assert not app.metric


def test_an_upload_that_waits_has_no_lists(visit: Visit, submit: Submit) -> None:
    assert "Waiting for a worker" in bars(visit(outcome_page, submit(b"email\na@x.com\n")))


def test_repeats_that_differ_are_told_before_finalizing(
    visit: Visit, at: Desk, opened: list[tuple[str, int | None]]
) -> None:
    settle(at)
    app = visit(upload_page, at.job_id)
    assert "1 repeat differs in other columns" in texts(app)
    click(app, "What becomes of each row")
    assert opened == [("outcome", at.job_id)]


def test_the_number_of_repeats_that_differ_follows_decisions(visit: Visit, at: Desk) -> None:
    settle(at)
    app = visit(upload_page, at.job_id)
    undoing.undo(at.sessions, at.user_id, at.job_id, 2)
    seen = at.see(IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(at.sessions, seen, cells=["bo@x.com", "Bo", "Li", "Hooli", "5"])
    app.run()
    assert "2 repeats differ in other columns" in texts(app)


def test_rows_left_out_are_offered_where_there_are_any(visit: Visit, at: Desk) -> None:
    assert "Rows left out (CSV)" not in links(visit(upload_page, at.job_id))
    settle(at)
    assert links(visit(upload_page, at.job_id))["Rows left out (CSV)"] == (
        f"/downloads/{at.job_id}/left-out.csv"
    )


def test_contacts_are_offered_in_every_format_on_their_page(visit: Visit, at: Desk) -> None:
    settle(at)
    at.finalize()
    assert list(links(visit(contacts_page, at.job_id))) == ["Download contacts (CSV)", "Excel", "Parquet"]


def test_versions_are_listed_once_there_are_several(visit: Visit, at: Desk) -> None:
    settle(at)
    at.finalize()
    assert "Version 1" not in texts(visit(upload_page, at.job_id))
    undoing.undo(at.sessions, at.user_id, at.job_id, 2)
    deciding.skip(at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))
    at.finalize()
    app = visit(upload_page, at.job_id)
    words = texts(app)
    assert words.index("Version 2") < words.index("Version 1")
    assert "decided by Ana No" in words
    addresses = [link.proto.url for link in app.get("link_button") if link.proto.label == "CSV"]
    assert addresses == [f"/downloads/{at.job_id}/contacts-v{number}.csv" for number in (2, 1)]


def test_finalizing_says_whether_a_worker_has_it_and_since_when(visit: Visit, at: Desk) -> None:
    settle(at)
    finalization.request(at.sessions, lambda _job: None, at.user_id, at.job_id)

    app = visit(upload_page, at.job_id)
    assert app.get("progress") == []
    assert app.status[0].label.startswith("5 rows wait for a worker: ")
    with at.sessions.begin() as worker:
        jobs.try_lock(worker, at.job_id)
        app.run()
        assert app.status[0].label.startswith("Making the final contacts of 5 rows: ")
        assert app.status[0].label.endswith(" s so far")


def test_what_repeats_would_fill_is_shown_before_they_do(visit: Visit, processed: Submit) -> None:
    job_id = processed(
        b"email,first_name,last_name,company,phone\nana@x.com,Ana,Li,Acme,\nana@x.com,Ana,Li,Acme,555\n"
    )
    app = visit(outcome_page, job_id)
    app.segmented_control[0].set_value(Outcome.REPEAT)
    app.run()
    click(app, "Fill blanks from repeats …")
    assert "1 group of repeats becomes one record" in texts(app)
    assert "Repeats · ana@x.com" in texts(app)
    assert "<td dir=auto class=result>555</td>" in rows(app)
    assert any(button.label == "Decide 1 group of repeats" for button in app.button)
