"""The pages about uploads, with a user signed in, over real tables and a real bucket."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from dashboard.components import words
from db.engine import Sessions
from ingestion import cases, deciding, finalization, history, processing, review, viewing
from ingestion.csv_file.options import ParseOptions
from ingestion.deciding import Seen
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import ContactColumns
from ingestion.storage import Bucket
from tests.conftest import Submit, add_user
from tests.dashboard.conftest import (
    Visit,
    bars,
    chosen,
    click,
    contacts_page,
    links,
    rows,
    texts,
    upload_page,
    uploads_page,
)
from tests.integration.jobs import set_row

MESSY = (
    b"email,first_name,last_name,company,notes\n"
    b"ana@x.com,Ana,Silva,Acme,![i](http://evil.example/i.png)\n"
    b"ANA@x.com,Ana,Silva,Globex,\n"
    b"bad,Bo,Li,Hooli,<b>\n"
    b"cy@x.com,Cy,,Stark,:red[x]\n"
    b"dee@x.com,Dee\n"
)
UNDECODABLE = "email,first_name,last_name,company\na@x.com,Eva,Weiß,Acme\nb@x.com,Udo,Dvořák,Acme\n".encode(
    "cp1250"
)
AS_UTF8 = ParseOptions(ContactColumns(0), encoding="utf-8-sig")
CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\nbo@x.com,Bo,Li,Hooli\n"


def review_page() -> None:
    from dashboard.views import review

    review.page()


def show_issue(app: AppTest, kind: IssueType) -> AppTest:
    app.multiselect[0].set_value([kind])
    app.run()
    assert not app.exception
    return app


def field(app: AppTest) -> TextInput:
    """The first field of the form; what is searched for stands above it."""
    return app.text_input[1]


def test_an_empty_list_says_what_to_do_and_offers_a_sample(
    visit: Visit, sessions: Sessions, user_id: int, opened: list[tuple[str, int | None]]
) -> None:
    app = visit(uploads_page)
    assert "at most 5 MB" in texts(app)
    click(app, "Try a sample")
    (sample,) = viewing.listed(sessions, user_id)
    assert (sample.filename, sample.status) == ("test-jobs.csv", JobStatus.PENDING)
    assert opened == [("upload", sample.id)]


def test_the_list_shows_ones_own_uploads_newest_first(
    visit: Visit, processed: Submit, sessions: Sessions
) -> None:
    processed(CLEAN, name="first.csv")
    processed(MESSY, name="second.csv")
    processed(CLEAN, name="theirs.csv", owner=add_user(sessions))
    table = visit(uploads_page).dataframe[0].value
    assert table["File"].tolist() == ["second.csv", "first.csv"]
    assert [status[0] for status in table["Status"]] == ["Needs review", "Completed"]
    assert table["Rows"].tolist() == [5, 2]
    assert table["Open issues"].tolist() == [4, 0]


@pytest.mark.parametrize(
    ("status", "due_in", "said"),
    [
        ("PENDING", "90 min", "The store is down. Attempt 2 of 5 failed, next in 1 h 30 min."),
        ("PENDING", "-1 s", "The store is down. Attempt 2 of 5 failed, next now."),
        ("FINALIZING", "90 min", "The store is down. Attempt 2 of 5 failed, next in 1 h 30 min."),
    ],
)
def test_an_upload_that_is_tried_again_says_why_and_when(
    visit: Visit, submit: Submit, sessions: Sessions, status: str, due_in: str, said: str
) -> None:
    job_id = submit(CLEAN)
    set_row(
        sessions,
        job_id,
        f"status = '{status}', attempt = 2, error_message = 'The store is down.',"
        f" next_attempt_at = clock_timestamp() + interval '{due_in}'",
    )
    app = visit(upload_page, job_id)
    assert app.warning[0].value.replace("\\", "") == said


def test_a_second_attempt_is_counted_while_it_runs(visit: Visit, submit: Submit, sessions: Sessions) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "status = 'PROCESSING', attempt = 2, worker_id = 'w1'")
    app = visit(upload_page, job_id)
    assert "Reading and checking, attempt 2 of 5:" in app.get("progress")[0].proto.text


def test_progress_is_shown_only_while_something_is_in_flight(
    visit: Visit, submit: Submit, processed: Submit
) -> None:
    processed(CLEAN)
    assert "Progress" not in visit(uploads_page).dataframe[0].value.columns
    submit(CLEAN)
    assert "Progress" in visit(uploads_page).dataframe[0].value.columns


def test_a_waiting_upload_says_that_it_waits(visit: Visit, submit: Submit) -> None:
    assert "refreshes by itself" in texts(visit(upload_page, submit(CLEAN)))


def test_a_failed_upload_says_why_and_can_be_tried_again(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(UNDECODABLE, options=AS_UTF8)
    app = visit(upload_page, job_id)
    assert "holds the byte 0xDF, which is not UTF-8" in texts(app).replace("\\", "")
    click(app, "Try again")
    assert viewing.get(sessions, user_id, job_id).status is JobStatus.PENDING


def test_a_failed_upload_can_be_read_another_way(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(UNDECODABLE, options=AS_UTF8)
    app = visit(upload_page, job_id)
    app.toggle[0].set_value(True).run()

    assert "In which encoding are the names written?" in texts(app)
    while any(button.label == "This reads right" for button in app.button):
        click(app, "This reads right")
    click(app, "Process it")

    upload = viewing.get(sessions, user_id, job_id)
    assert upload.status is JobStatus.PENDING
    assert upload.contact_columns == ContactColumns(0, 1, 2, 3)


def test_an_upload_in_review_counts_its_issues_and_leads_to_them(
    visit: Visit, processed: Submit, opened: list[tuple[str, int | None]]
) -> None:
    job_id = processed(MESSY)
    app = visit(upload_page, job_id)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Rows in the file": "5",
        "Usable rows": "3",
        "Open issues": "4",
    }
    table = app.dataframe[0].value
    assert dict(zip(table["Kind"], table["Open"], strict=True)) == {
        "Broken row": 1,
        "Invalid e-mail": 1,
        "Missing last name": 1,
        "Duplicate e-mail": 1,
    }
    click(app, "Review 4 issues")
    assert opened == [("review", job_id)]


def test_a_completed_upload_shows_its_books_and_a_download(visit: Visit, processed: Submit) -> None:
    job_id = processed(CLEAN)
    app = visit(upload_page, job_id)
    assert [metric.value for metric in app.metric] == ["2", "2", "0", "0", "0"]
    assert links(app) == {
        "Download contacts (CSV)": f"/downloads/{job_id}/contacts.csv",
        "Excel": f"/downloads/{job_id}/contacts.xlsx",
        "Parquet": f"/downloads/{job_id}/contacts.parquet",
        "Summary": f"/downloads/{job_id}/summary.html",
    }


@pytest.mark.parametrize("page", [upload_page, review_page, contacts_page])
def test_somebody_elses_upload_is_not_found(
    visit: Visit, processed: Submit, sessions: Sessions, page: Callable[[], None]
) -> None:
    job_id = processed(MESSY, name="secret.csv", owner=add_user(sessions))
    app = visit(page, job_id)
    assert "no such upload" in texts(app)
    assert "secret" not in texts(app)


def test_who_comes_to_review_early_waits_there_until_the_file_is_read(
    visit: Visit, submit: Submit, sessions: Sessions, bucket: Bucket
) -> None:
    job_id = submit(MESSY)
    app = visit(review_page, job_id)
    assert "Waiting for a worker" in bars(app)
    assert "no issues" not in texts(app)

    processing.process(sessions, bucket, job_id)

    assert "issues settled" in bars(app.run())


def test_what_was_not_read_leads_back_to_the_upload(
    visit: Visit, submit: Submit, sessions: Sessions, opened: list[tuple[str, int | None]]
) -> None:
    job_id = submit(MESSY)
    set_row(sessions, job_id, "status = 'FAILED', error_message = 'It is no table.'")
    app = visit(review_page, job_id)
    assert "not checked yet" in texts(app)
    click(app, "Go to the upload")
    assert opened == [("upload", job_id)]


def test_reviewing_to_the_end_and_finalizing(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(MESSY)
    app = visit(review_page, job_id)
    assert "0 of 4 issues settled" in app.get("progress")[0].proto.text
    click(show_issue(app, IssueType.DUPLICATE_EMAIL), "Keep row 3")
    click(show_issue(app, IssueType.MISSING_LAST_NAME), "Keep it blank")
    click(show_issue(app, IssueType.MALFORMED_ROW), "Accept as shown")
    click(show_issue(app, IssueType.INVALID_EMAIL_FORMAT), "Leave this row out")
    assert "Every issue is settled" in texts(app)
    assert "4 of 4 issues settled" in app.get("progress")[0].proto.text

    overview = visit(upload_page, job_id)
    assert [metric.value for metric in overview.metric] == ["5", "3", "1", "1", "0"]
    click(overview, "Finalize")
    finalization.finalize(sessions, job_id)
    contacts = visit(contacts_page, job_id).dataframe[0].value
    assert contacts["email"].tolist() == ["ana@x.com", "cy@x.com", "dee@x.com"]
    assert contacts["company"].tolist() == ["Globex", "Stark", ""]
    assert len(history.listed(sessions, user_id, job_id)) == 4


def test_a_bad_correction_is_refused_with_the_reason_and_what_was_typed_stays(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(MESSY)
    app = show_issue(visit(review_page, job_id), IssueType.INVALID_EMAIL_FORMAT)
    field(app).set_value("still bad")
    click(app, "Save")
    assert "must have an @-sign" in texts(app).replace("\\", "")
    assert field(app).value == "still bad"
    assert viewing.get(sessions, user_id, job_id).open_issues == 4

    field(app).set_value("bo@x.com")
    click(app, "Save")
    assert viewing.get(sessions, user_id, job_id).open_issues == 3


def test_the_filter_stays_while_issues_are_settled(visit: Visit, processed: Submit) -> None:
    job_id = processed(
        b"email,first_name,last_name,company\na@x.com,,B,C\nb@x.com,A,,C\nc@x.com,A,B,\nd@x.com,A,B,\n"
    )
    app = show_issue(visit(review_page, job_id), IssueType.MISSING_COMPANY)
    assert app.dataframe[0].value["Row"].tolist() == [4, 5]
    click(app, "Keep it blank")
    assert app.multiselect[0].value == [IssueType.MISSING_COMPANY]
    assert app.dataframe[0].value["Row"].tolist() == [5]


DUPLICATES = b"email,first_name,last_name,company\na@x.com,A,B,C\na@x.com,A,B,D\nbad,Zoe,B,E\n"


def seen_by_somebody_else(sessions: Sessions, user_id: int, job_id: int, kind: IssueType) -> Seen:
    (issue,) = review.listed(sessions, user_id, job_id, types=[kind])
    return Seen(user_id, job_id, issue.id, cases.get(sessions, user_id, job_id, issue.id).version)


@pytest.mark.parametrize("button", ["Keep row 3", "Leave all 2 rows out", "Save merged record"])
def test_whoever_is_late_is_told_and_sees_what_was_decided(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, button: str
) -> None:
    job_id = processed(DUPLICATES)
    app = visit(review_page, job_id)
    faster = seen_by_somebody_else(sessions, user_id, job_id, IssueType.DUPLICATE_EMAIL)
    deciding.choose(sessions, faster, row_number=2)
    click(app, button)
    assert "was faster and chose row 2" in texts(app)
    assert "Settled" in texts(app)
    (decision,) = history.listed(sessions, user_id, job_id)
    assert decision.action == "choose"


@pytest.mark.parametrize("button", ["Keep row 2", "Leave all 2 rows out", "Save merged record"])
def test_nobody_decides_about_rows_that_were_not_on_screen(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, button: str
) -> None:
    job_id = processed(DUPLICATES)
    app = visit(review_page, job_id)
    row = seen_by_somebody_else(sessions, user_id, job_id, IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(sessions, row, cells=["a@x.com", "Zoe", "B", "E"])
    click(app, button)
    assert "changed since you looked at it" in texts(app)
    assert all(f"> Row {row}</th>" in rows(app) for row in (2, 3, 4))
    assert viewing.get(sessions, user_id, job_id).open_issues == 1


def test_a_correction_of_a_row_that_was_corrected_meanwhile_is_refused(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(b"email,first_name,last_name,company\na@x.com,,B,\n")
    app = show_issue(visit(review_page, job_id), IssueType.MISSING_COMPANY)
    name = seen_by_somebody_else(sessions, user_id, job_id, IssueType.MISSING_FIRST_NAME)
    deciding.edit(sessions, name, cells=["a@x.com", "Ana", "B", ""])
    field(app).set_value("Acme")
    click(app, "Save")
    assert "changed since you looked at it" in texts(app)
    assert "<dt>first_name</dt><dd dir=auto>Ana</dd>" in rows(app)
    assert field(app).value == "Acme", "what was typed stays"


def test_a_suggestion_is_offered_with_its_reason_and_used_by_one_click(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(
        b"email,first_name,last_name,company\n"
        b"ana at acme dot com,A,B,C\nbo@acme.com,B,C,\ncy@acme.com,C,D,Acme\n"
    )
    app = show_issue(visit(review_page, job_id), IssueType.INVALID_EMAIL_FORMAT)
    assert "are written out" in texts(app)
    click(app, f"Use {words.plain('ana@acme.com')}")
    app = show_issue(app, IssueType.MISSING_COMPANY)
    assert "row 4 has it, and an address at acme.com" in texts(app)
    click(app, "Use Acme")
    assert viewing.get(sessions, user_id, job_id).open_issues == 0


def test_merging_field_by_field(visit: Visit, processed: Submit, sessions: Sessions, user_id: int) -> None:
    job_id = processed(
        b"email,first_name,last_name,company\na@x.com,Ana,Silva,Acme\na@x.com,Ana,Silva,Globex\n"
    )
    app = visit(review_page, job_id)
    app.selectbox[-1].set_value("Globex")
    click(app, "Save merged record")
    finalization.request(sessions, lambda _job: None, user_id, job_id)
    finalization.finalize(sessions, job_id)
    assert visit(contacts_page, job_id).dataframe[0].value["company"].tolist() == ["Globex"]


def test_a_settled_issue_says_who_did_what(visit: Visit, processed: Submit) -> None:
    app = show_issue(visit(review_page, processed(MESSY)), IssueType.DUPLICATE_EMAIL)
    click(app, "Keep row 2")
    app.segmented_control[0].set_value("Settled")
    app.run()
    assert "Ana No" in texts(app)
    assert "chose row 2" in texts(app)


def test_a_decision_is_undone_where_it_is_shown_and_its_issue_is_asked_again(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(DUPLICATES)
    app = visit(review_page, job_id)
    click(app, "Keep row 3")
    app.segmented_control[0].set_value("Settled")
    app.run()
    click(app, "Undo")
    assert "share an e-mail address" in texts(app)
    assert any(button.label == "Keep row 3" for button in app.button)
    assert viewing.get(sessions, user_id, job_id).open_issues == 2


def test_the_last_decision_is_undone_from_whatever_is_on_screen(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(DUPLICATES)
    app = visit(review_page, job_id)
    assert not any(button.label == "Undo last" for button in app.button)
    click(app, "Keep row 3")
    click(app, "Leave this row out")
    for subject in ("Row 4", "a@x.com"):  # newest first, back to the first
        click(app, "Undo last")
        assert subject in [text.value for text in app.text]
    assert viewing.get(sessions, user_id, job_id).open_issues == 2
    assert not any(button.label == "Undo last" for button in app.button)


def test_a_settled_issue_has_one_undo_and_no_key_has_two_buttons(visit: Visit, processed: Submit) -> None:
    app = visit(review_page, processed(DUPLICATES))
    for label in ("Keep row 3", "Leave this row out"):
        keys = [button.proto.shortcut for button in app.button if button.proto.shortcut]
        assert len(keys) == len(set(keys))
        click(app, label)
    app.segmented_control[0].set_value("Settled")
    app.run()
    keys = [button.proto.shortcut for button in app.button if button.proto.shortcut]
    assert len(keys) == len(set(keys))
    assert [button.label for button in app.button if "Undo" in button.label] == ["Undo"]


def test_the_merged_record_is_shown_as_it_is_chosen_and_stays_when_one_comes_back(
    visit: Visit, processed: Submit
) -> None:
    app = visit(review_page, processed(DUPLICATES))
    assert "class=result>C</td>" in rows(app)
    app.selectbox[-1].set_value("D")
    app.run()
    assert "class=result>D</td>" in rows(app)
    click(app, "Next")
    click(app, "Previous")
    assert "class=result>D</td>" in rows(app)


def test_contacts_are_searched_in_all_their_own_fields(visit: Visit, processed: Submit) -> None:
    app = visit(contacts_page, processed(CLEAN))
    app.text_input[0].set_value("hool")
    app.run()
    assert app.dataframe[0].value["email"].tolist() == ["bo@x.com"]


HOSTILE = "![i](x) <script> :red[x] $x$ [l](y) `c`.csv"


@pytest.mark.parametrize("page", [upload_page, review_page])
def test_a_hostile_file_name_is_shown_not_rendered(
    visit: Visit, processed: Submit, page: Callable[[], None]
) -> None:
    title = visit(page, processed(MESSY, name=HOSTILE)).title[0].value
    assert title.replace("\u2060", "") == (r"\!\[i\]\(x\) \<script\> \:red\[x\] \$x\$ \[l\]\(y\) \`c\`\.csv")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna-Maria, 50%", "Anna-Maria, 50%"),
        ("![x](http://a.b/c)", "\\!\\[x\\]\\(http\\:\u2060//a\\.b/c\\)"),
        ("www.a.b", "www\u2060\\.a\\.b"),
        ("ana@x.com at 12:30", "ana\\@\u2060x\\.com at 12\\:30"),
        (":material/home: :smile:", "\\:\u2060material/home\\: \\:\u2060smile\\:"),
        ("a -- b -> c", "a -\u2060- b -\u2060\\> c"),
        ("user\u202egnp.exe", "user⍽gnp\\.exe"),
        ("- item", r"\- item"),
        ("# head", r"\# head"),
        ("first_name, O_o_, __x__ and _y", r"first_name, O_o\_, \_\_x\_\_ and \_y"),
        (":red[a] $b$ `c` *d* _e_ ~f~", "\\:\u2060red\\[a\\] \\$b\\$ \\`c\\` \\*d\\* \\_e\\_ \\~f\\~"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("two\n# lines", r"two \# lines"),
        ("back\\slash|pipe", r"back\\slash\|pipe"),
    ],
)
def test_plain_text_is_escaped_for_markdown(text: str, shown: str) -> None:
    assert words.plain(text) == shown


def test_the_same_content_is_a_choice_not_a_refusal(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    processed(CLEAN, name="before.csv")
    app = chosen(visit(uploads_page), ("again.csv", CLEAN), ("new.csv", MESSY), ("twin.csv", MESSY))
    warnings = [str(warning.value).replace("\\", "") for warning in app.warning]
    assert warnings[0].startswith("again.csv has the same content as before.csv, which you uploaded on")
    assert warnings[1] == "twin.csv has the same content as new.csv, which you chose as well."
    app.checkbox[0].check()
    app.run()
    click(app, "Upload 2 files")
    assert [upload.filename for upload in viewing.listed(sessions, user_id)] == [
        "new.csv",
        "again.csv",
        "before.csv",
    ]


def test_a_file_that_cannot_be_taken_says_why_and_the_others_are_uploaded(
    visit: Visit, sessions: Sessions, user_id: int
) -> None:
    app = chosen(
        visit(uploads_page), ("empty.csv", b""), ("large.csv", b"x" * 5_300_000), ("good.csv", CLEAN)
    )
    refusals = [str(error.value).replace("\\", "") for error in app.error]
    assert refusals[0].startswith("empty.csv is empty.")
    assert refusals[1].startswith("large.csv has 5.05 MB; at most 5 MB are taken.")
    click(app, "Upload 1 file")
    assert [upload.filename for upload in viewing.listed(sessions, user_id)] == ["good.csv"]
