"""What pages offer to the owner of an upload, to those it is shared with, and to administrators."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard import auth
from db.engine import Sessions
from db.queries import jobs
from ingestion import deciding, sharing, viewing
from ingestion.accounts import Account
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Role
from tests.conftest import Submit, add_user
from tests.dashboard.conftest import Visit, click, contacts_page, texts, upload_page, uploads_page
from tests.integration.desk import HEADER, Desk
from tests.integration.jobs import set_row

CLEAN = (HEADER + "ana@x.com,Ana,Silva,Acme,1\n").encode()
UNSETTLED = (HEADER + "ana@x.com,Ana,Silva,,1\n").encode()
HOSTILE = "![i](http://evil.example/i.png) **B**"
OWNERS = {"Share …", "Delete …"}


def review_page() -> None:
    from dashboard.views import review

    review.page()


def history_page() -> None:
    from dashboard.views import history

    history.page()


def dialog() -> None:
    """What is in the dialog: AppTest cannot reach the buttons of one."""
    from dashboard import auth
    from dashboard.components import heading, sharing

    account = auth.require_account()
    upload = heading.asked_for_upload(account.id)
    if upload is not None:
        sharing.manage(account.id, upload)


Become = Callable[[Role], Account]


@pytest.fixture
def become(visit: Visit, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Become:  # noqa: ARG001
    """Signs somebody else in, to whom the account is given."""

    def become(role: Role) -> Account:
        user_id = add_user(sessions)
        email = f"other{user_id}@example.com"
        with sessions.begin() as session:
            session.execute(
                text("UPDATE users SET role = :r, email = :e, first_name = :f WHERE id = :u"),
                {"r": role, "e": email, "f": HOSTILE, "u": user_id},
            )
        account = Account(user_id, email, HOSTILE, "", role)
        monkeypatch.setattr(auth, "current_account", lambda **_: account)
        return account

    return become


def buttons(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_an_owner_may_share_and_delete(visit: Visit, processed: Submit) -> None:
    app = visit(upload_page, processed(CLEAN))
    assert buttons(app) >= OWNERS
    assert "Uploaded by" not in texts(app)


@pytest.mark.parametrize(
    ("role", "is_shared", "offered"),
    [(Role.OPERATOR, True, set()), (Role.REVIEWER, True, set()), (Role.ADMINISTRATOR, False, OWNERS)],
)
def test_anothers_upload_says_whose_it_is_and_offers_what_may_be_done(
    role: Role,
    is_shared: bool,
    offered: set[str],
    visit: Visit,
    processed: Submit,
    sessions: Sessions,
    user_id: int,
    become: Become,
) -> None:
    job_id, other = processed(CLEAN), become(role)
    if is_shared:
        sharing.share(sessions, user_id, job_id, other.email)
    app = visit(upload_page, job_id)
    assert buttons(app) & OWNERS == offered
    whose = next(line for line in texts(app).splitlines() if line.startswith("Uploaded by Ana"))
    assert whose.endswith("shared with you") == is_shared


def test_a_reviewer_settles_everything_and_somebody_else_finalizes(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    job_id, reviewer = processed(UNSETTLED), become(Role.REVIEWER)
    sharing.share(sessions, user_id, job_id, reviewer.email)
    click(visit(review_page, job_id), "Keep it blank")
    assert "Go on to finalize" not in buttons(visit(review_page, job_id))
    app = visit(upload_page, job_id)
    assert "Finalize" not in buttons(app)
    assert "can finalize it now" in texts(app)


def test_a_reviewer_is_offered_no_undo_once_the_upload_is_completed(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    job_id, reviewer = processed(UNSETTLED), become(Role.REVIEWER)
    sharing.share(sessions, user_id, job_id, reviewer.email)
    deciding.accept(sessions, Desk(sessions, reviewer.id, job_id).see(IssueType.MISSING_COMPANY))
    before = visit(history_page, job_id), visit(review_page, job_id)
    assert "Choose a decision to undo it." in texts(before[0])
    assert {"Undo", "Undo last"} & buttons(before[1])
    Desk(sessions, user_id, job_id).finalize()
    after = visit(history_page, job_id), visit(review_page, job_id)
    assert "would take the contacts away" in texts(after[0])
    assert not {"Undo", "Undo last", "Answer many at once …"} & buttons(after[1])


@pytest.mark.parametrize(
    ("role", "may"), [(Role.OPERATOR, True), (Role.REVIEWER, False), (Role.ADMINISTRATOR, True)]
)
def test_a_failed_upload_is_tried_again_by_those_who_may(
    role: Role,
    may: bool,
    visit: Visit,
    submit: Submit,
    sessions: Sessions,
    user_id: int,
    become: Become,
) -> None:
    job_id, other = submit(CLEAN), become(role)
    sharing.share(sessions, user_id, job_id, other.email)
    set_row(sessions, job_id, "status = 'FAILED', error_message = 'Broken.'")
    app = visit(upload_page, job_id)
    assert ({"Try again", "Upload another file"} <= buttons(app), bool(app.toggle)) == (may, may)
    assert ("can have it tried again" in texts(app)) != may


def test_a_reviewer_is_told_that_another_says_how_a_file_is_read(
    visit: Visit, submit: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    job_id, reviewer = submit(CLEAN), become(Role.REVIEWER)
    sharing.share(sessions, user_id, job_id, reviewer.email)
    set_row(sessions, job_id, "status = 'UPLOADING', arrived_at = now()")
    app = visit(upload_page, job_id)
    assert "to say how it is read" in texts(app)
    assert "Process it" not in buttons(app)


def test_a_reviewer_sees_what_is_shared_and_no_uploader(
    visit: Visit, submit: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    reviewer = become(Role.REVIEWER)
    app = visit(uploads_page)
    assert not app.file_uploader
    assert "Nobody shares an upload with you" in texts(app)
    sharing.share(sessions, user_id, submit(CLEAN, name="theirs.csv"), reviewer.email)
    (listed,) = (table.value for table in visit(uploads_page).dataframe)
    assert (list(listed["File"]), list(listed["Owner"].str[:3])) == (["theirs.csv"], ["Ana"])


def test_an_operator_chooses_between_own_uploads_and_those_shared(
    visit: Visit, submit: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    theirs = submit(CLEAN, name="theirs.csv")
    operator = become(Role.OPERATOR)
    sharing.share(sessions, user_id, theirs, operator.email)
    submit(CLEAN, name="mine.csv", owner=operator.id)
    app = visit(uploads_page)
    choice = app.segmented_control[0]
    assert choice.options == ["Mine", "Shared with me"]
    assert list(app.dataframe[0].value["File"]) == ["mine.csv"]
    choice.set_value(viewing.Whose.SHARED).run()
    assert list(app.dataframe[0].value["File"]) == ["theirs.csv"]


def test_an_operator_without_uploads_is_told_of_those_that_are_shared(
    visit: Visit, submit: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    operator = become(Role.OPERATOR)
    assert "Others share uploads with you" not in texts(visit(uploads_page))
    sharing.share(sessions, user_id, submit(CLEAN, name="theirs.csv"), operator.email)
    assert "Others share uploads with you" in texts(visit(uploads_page))


def test_an_administrator_may_look_at_everybodys_uploads(
    visit: Visit, submit: Submit, become: Become
) -> None:
    submit(CLEAN, name="theirs.csv")
    become(Role.ADMINISTRATOR)
    app = visit(uploads_page)
    choice = app.segmented_control[0]
    choice.set_value(viewing.Whose.EVERYBODYS).run()
    assert list(app.dataframe[0].value["File"]) == ["theirs.csv"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR])
def test_who_is_alone_chooses_between_nothing(
    visit: Visit, submit: Submit, become: Become, role: Role
) -> None:
    lone = become(role)
    assert not visit(uploads_page).segmented_control
    submit(CLEAN, name="mine.csv", owner=lone.id)
    app = visit(uploads_page)
    assert not app.segmented_control
    assert list(app.dataframe[0].value["File"]) == ["mine.csv"]


def test_a_list_that_is_emptied_while_it_is_looked_at_gives_way_to_ones_own(
    visit: Visit, submit: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    theirs, administrator = submit(CLEAN, name="theirs.csv"), become(Role.ADMINISTRATOR)
    submit(CLEAN, name="mine.csv", owner=administrator.id)
    sharing.share(sessions, user_id, theirs, administrator.email)
    app = visit(uploads_page)
    app.segmented_control[0].set_value(viewing.Whose.SHARED).run()
    assert list(app.dataframe[0].value["File"]) == ["theirs.csv"]

    sharing.unshare(sessions, user_id, theirs, administrator.id)
    app.run()

    assert not app.exception
    assert app.segmented_control[0].options == ["Mine", "Everybody's"]
    assert list(app.dataframe[0].value["File"]) == ["mine.csv"]


def test_the_review_page_offers_what_is_shared(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    job_id, reviewer = processed(UNSETTLED), become(Role.REVIEWER)
    sharing.share(sessions, user_id, job_id, reviewer.email)
    (choice,) = visit(review_page).selectbox
    assert len(choice.options) == 1


def test_the_dialog_shares_refuses_and_takes_back(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id, other = processed(CLEAN), add_user(sessions)
    with sessions.begin() as session:
        session.execute(
            text("UPDATE users SET email = 'bo@x.com', first_name = :f WHERE id = :u"),
            {"f": HOSTILE, "u": other},
        )
    app = visit(dialog, job_id)
    assert "It is shared with nobody yet." in texts(app)
    app.text_input[0].set_value("nobody@x.com")
    click(app, "Share")
    assert "No active account" in texts(app)
    app.text_input[0].set_value("bo@x.com")
    click(app, "Share")
    assert [guest.id for guest in sharing.listed(sessions, user_id, job_id)] == [other]
    assert app.text_input[0].value == ""
    assert any(HOSTILE in shown.value and "bo@x.com" in shown.value for shown in app.text)
    click(app, "Take back")
    assert sharing.listed(sessions, user_id, job_id) == []


def test_the_dialog_tells_those_who_may_no_longer_share(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    job_id, other = processed(CLEAN), become(Role.OPERATOR)
    sharing.share(sessions, user_id, job_id, other.email)
    app = visit(dialog, job_id)
    assert "Your role does not allow this" in texts(app)
    assert not app.button


@pytest.mark.parametrize("page", [upload_page, review_page, history_page, contacts_page])
def test_a_share_that_was_taken_back_is_told_on_every_page(
    page: Callable[[], None],
    visit: Visit,
    processed: Submit,
    sessions: Sessions,
    user_id: int,
    become: Become,
) -> None:
    job_id, other = processed(CLEAN), become(Role.OPERATOR)
    sharing.share(sessions, user_id, job_id, other.email)
    assert "shared with you" in texts(visit(page, job_id))
    sharing.unshare(sessions, user_id, job_id, other.id)
    assert "There is no such upload" in texts(visit(page, job_id))


def test_a_decision_after_a_share_was_taken_back_is_refused_in_words(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, become: Become
) -> None:
    job_id, other = processed(UNSETTLED), become(Role.OPERATOR)
    sharing.share(sessions, user_id, job_id, other.email)
    app = visit(review_page, job_id)
    sharing.unshare(sessions, user_id, job_id, other.id)
    assert "There is no such upload" in texts(click(app, "Keep it blank"))
    with sessions() as session:
        found = jobs.find(session, job_id)
    assert found is not None
    assert found.status == JobStatus.NEEDS_REVIEW


def refused_page() -> None:
    """A page whose upload is taken away while it is being drawn."""
    import streamlit as st

    from dashboard.components import outage
    from ingestion.errors import NotAllowed

    with outage.boundary():
        st.text("drawn before")
        raise NotAllowed("Your role does *not* allow this.")


def test_what_is_refused_half_way_is_said_in_place_of_the_rest(visit: Visit) -> None:
    app = visit(refused_page)
    assert [app.text[0].value, app.error[0].value] == ["drawn before", r"Your role does \*not\* allow this\."]
