"""Deleting an upload on its page."""

import datetime as dt

import pytest

from dashboard.components import heading
from db.engine import Sessions
from db.queries import jobs
from ingestion import deletion, viewing
from ingestion.rules.lifecycle import JobStatus
from tests.conftest import Submit
from tests.dashboard.conftest import Visit, click, texts, upload_page, uploads_page

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\nbo@x.com,Bo,Li,Hooli\n"
HOSTILE = "![i](x) <b>.csv"


def dialog() -> None:
    """What is in the dialog: AppTest cannot reach the buttons of one."""
    from dashboard import auth
    from dashboard.components import deleting, heading

    account = auth.require_account()
    upload = heading.asked_for_upload(account.id)
    if upload is not None:
        deleting.confirm(account.id, upload)


@pytest.mark.parametrize("status", list(JobStatus))
@pytest.mark.parametrize("has_arrived", [False, True])
def test_an_upload_of_any_status_has_a_quiet_button_to_delete_it(
    status: JobStatus, has_arrived: bool, visit: Visit, processed: Submit, sessions: Sessions
) -> None:
    job_id = processed(CLEAN)
    with sessions.begin() as session:
        arrived_at = dt.datetime.now(dt.UTC) if has_arrived else None
        jobs.change(session, job_id, status=status, arrived_at=arrived_at)
    (button,) = [button for button in visit(upload_page, job_id).button if button.label == "Delete …"]
    assert button.proto.type == "tertiary"


def test_the_dialog_says_what_will_be_gone_before_it_does_it(
    visit: Visit,
    processed: Submit,
    sessions: Sessions,
    user_id: int,
    opened: list[tuple[str, int | None]],
) -> None:
    job_id = processed(CLEAN, name=HOSTILE)
    app = visit(dialog, job_id)
    assert texts(app).splitlines() == [
        f"{HOSTILE}, and everything made of it, will be gone:",
        f"• the stored file ({len(CLEAN)} B)",
        "• 2 rows",
        "• 2 final contacts",
        "• 1 version of the contacts",
        "This cannot be undone.",
    ]
    assert len(viewing.listed(sessions, user_id)) == 1

    click(app, "Delete for good")

    assert opened == [("uploads", None)]
    assert viewing.listed(sessions, user_id) == []
    assert app.session_state["notice_done"] == r"\!\[i\]\(x\) \<b\>\.csv is deleted."


def test_an_upload_that_is_under_way_is_told_to_end(visit: Visit, submit: Submit) -> None:
    assert "still under way" in texts(visit(dialog, submit(CLEAN)))


def test_an_upload_that_somebody_deleted_meanwhile_is_no_failure(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, opened: list[tuple[str, int | None]]
) -> None:
    app = visit(dialog, processed(CLEAN))
    with_button = next(button for button in app.button if button.label == "Delete for good")
    deletion.request(sessions, user_id, viewing.listed(sessions, user_id)[0].id)
    with_button.click()
    app.run()
    assert not app.exception
    assert "no such upload" in texts(app)
    assert opened == []


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.FINALIZING])
def test_a_page_that_watches_an_upload_says_that_it_is_gone(
    status: JobStatus,
    visit: Visit,
    submit: Submit,
    sessions: Sessions,
    user_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as session:
        jobs.change(session, job_id, status=status)
    # Just when the page has read it, and before the part that refreshes itself looks again.
    monkeypatch.setattr(heading, "show", lambda *_, **__: deletion.request(sessions, user_id, job_id))

    app = visit(upload_page, job_id)

    assert "There is no such upload" in texts(app)
    assert [button.label for button in app.button] == ["Go to uploads"]


def test_a_list_without_uploads_is_what_is_left(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    deletion.request(sessions, user_id, processed(CLEAN))
    assert "Try a sample" in [button.label for button in visit(uploads_page).button]
