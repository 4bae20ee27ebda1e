"""The pages while the database, the file store or the queue does not answer."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.utilities import Hasher

from dashboard import resources, workers
from db.engine import Sessions, make_engine, make_sessions
from db.queries import jobs
from ingestion import processing, uploads, viewing
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.errors import DatabaseUnavailable, QueueUnavailable
from ingestion.health import Part
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from ingestion.storage import make_bucket
from ingestion.watch import Watch
from tests.accounts import add_account
from tests.conftest import ROOT
from tests.dashboard.conftest import chosen, click, texts
from tests.outages import proxy_to, through, until, watch_over
from tests.proxy import Proxy
from tests.sign_ins import open_with, token_of

ENQUEUE = workers.enqueue_process
APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PASSWORD = "correct horse battery"
FILE = ("contacts.csv", b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n")
BLANK = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"


@dataclass
class Services:
    """What the pages reach by way of proxies, and the watch over it."""

    database: Proxy
    aws: Proxy
    settings: Settings
    sessions: Sessions
    """Straight to the database, for the test itself."""
    watch: Watch
    ana: Account
    token: str

    def back(self) -> None:
        """Everything answers again, and that was noticed."""
        self.database.pass_on()
        self.aws.pass_on()
        until(lambda: not self.watch.down())


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions) -> Iterator[Services]:
    ana = add_account(sessions, "ana@example.com", "Ana", "López", Hasher.hash(PASSWORD))
    token = token_of(sessions, ana.email)
    assert settings.aws_endpoint_url
    with proxy_to(settings.database_url) as database, proxy_to(settings.aws_endpoint_url) as aws:
        behind = settings.model_copy(
            update={
                "database_url": through(database, settings.database_url),
                "aws_endpoint_url": through(aws, settings.aws_endpoint_url),
            }
        )
        distant = make_sessions(make_engine(behind.database_url))
        with watch_over(behind, distant) as watch:
            open_with(monkeypatch, token)
            monkeypatch.setattr(resources, "settings", lambda: behind)
            monkeypatch.setattr(resources, "database", lambda: distant)
            monkeypatch.setattr(resources, "store", lambda: make_bucket(behind))
            monkeypatch.setattr(resources, "watch", lambda: watch)
            monkeypatch.setattr(workers, "enqueue_process", lambda _job, _key: None)
            yield Services(database, aws, settings, sessions, watch, ana, token)
        distant.kw["bind"].dispose()


def opened(page: Callable[[], None] | Path = APP, job_id: int | None = None) -> AppTest:
    if isinstance(page, Path):
        app = AppTest.from_file(page, default_timeout=30)
    else:
        app = AppTest.from_function(page, default_timeout=30)
    if job_id is not None:
        app.query_params["job"] = str(job_id)
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def review_page() -> None:
    from dashboard import auth
    from dashboard.components import outage
    from dashboard.views import review

    with outage.boundary():
        account = auth.current_account()
        assert account
        review.page()


def upload_page() -> None:
    from dashboard.components import outage
    from dashboard.views import upload

    with outage.boundary():
        upload.page()


def broken_page() -> None:
    from dashboard.components import outage

    with outage.boundary():
        raise ValueError("a mistake of ours")


@pytest.mark.parametrize("fault", ["refuse", "stall"])
def test_a_page_says_that_the_database_is_away_and_comes_back(services: Services, fault: str) -> None:
    app = opened()
    assert [title.value for title in app.title] == ["Uploads"]

    getattr(services.database, fault)()
    until(lambda: services.watch.since(Part.DATABASE))
    run(app)
    assert "The database does not answer" in texts(app)
    assert "comes back by itself" in texts(app)
    assert not app.tabs, "the sign-in page"

    services.back()
    run(app)
    assert "does not answer" not in texts(app)
    assert "No uploads yet" in [header.value for header in app.subheader]


def test_nobody_sees_that_idle_connections_were_cut(services: Services) -> None:
    app = opened()
    until(lambda: services.watch.has_answered(Part.DATABASE))
    services.watch.close()  # the connection of its next look is not idle, and would be cut as well
    services.database.cut()
    assert "No uploads yet" in [header.value for header in run(app).subheader]


def test_an_outage_that_nobody_noticed_before_the_page_is_told_as_well(services: Services) -> None:
    app = opened()
    services.watch.close()
    services.database.refuse()

    assert "The database does not answer" in texts(run(app))
    assert services.watch.since(Part.DATABASE)


def test_who_opens_a_page_during_an_outage_is_not_shown_the_sign_in_page(services: Services) -> None:
    services.database.refuse()
    app = opened()
    assert "The database does not answer" in texts(app)
    assert not app.tabs

    services.back()
    assert [title.value for title in run(app).title] == ["Uploads"]


def test_the_last_session_is_good_for_the_frame_of_a_page_only(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened()
    web_sessions.sign_out(services.sessions, services.token)  # elsewhere
    services.database.refuse()
    assert "The database does not answer" in texts(run(app))
    assert "files_0" in [uploader.key for uploader in app.file_uploader]

    open_with(monkeypatch, "another")
    assert not run(app).file_uploader, "of a session that nobody looked up"

    services.back()
    assert [tab.label for tab in run(app).tabs] == ["Sign in", "Create account"]


@pytest.mark.usefixtures("services")
def test_a_session_that_could_not_be_looked_up_sees_nothing_even_if_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened()
    assert app.subheader

    def cut(_sessions: Sessions, _token: str, *, is_activity: bool) -> Account:  # noqa: ARG001
        raise DatabaseUnavailable("The database did not answer.")

    monkeypatch.setattr(web_sessions, "account_of", cut)
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))  # which finds that all is well
    run(app)
    assert "The database does not answer" in texts(app)
    assert not app.subheader


def test_a_chosen_file_outlives_an_outage_of_the_database(services: Services) -> None:
    app = chosen(opened(), FILE)
    services.database.refuse()
    click(app, "Upload 1 file")
    assert "The database does not answer" in texts(app)
    assert viewing.listed(services.sessions, services.ana.id) == []

    services.back()
    click(run(app), "Upload 1 file")
    (stored,) = viewing.listed(services.sessions, services.ana.id)
    assert (stored.filename, stored.status) == ("contacts.csv", JobStatus.PENDING)


def test_a_file_that_cannot_be_stored_stays_chosen_and_one_click_tries_again(services: Services) -> None:
    app = chosen(opened(), FILE)
    services.aws.refuse()
    until(lambda: services.watch.since(Part.STORE))
    click(app, "Upload 1 file")
    assert "contacts.csv was not uploaded. The file store does not answer." in texts(app).replace("\\", "")
    assert "Nothing can be uploaded" in texts(app)
    assert viewing.listed(services.sessions, services.ana.id) == []

    services.back()
    click(app, "Upload 1 file")
    (stored,) = viewing.listed(services.sessions, services.ana.id)
    assert stored.status is JobStatus.PENDING
    assert "does not answer" not in texts(app)


def test_a_file_is_refused_as_clearly_where_nobody_knew_that_the_store_is_away(services: Services) -> None:
    app = chosen(opened(), FILE)
    services.watch.close()
    services.aws.refuse()
    click(app, "Upload 1 file")
    assert "was not uploaded" in texts(app)
    assert [button.label for button in app.button if "Upload" in button.label] == ["Upload 1 file"]


def test_a_stored_file_that_cannot_be_looked_at_says_so(services: Services) -> None:
    job_id = uploaded(services, *FILE)
    with services.sessions.begin() as session:
        jobs.change(session, job_id, status=JobStatus.UPLOADING, arrived_at=dt.datetime.now(dt.UTC))
    services.aws.refuse()
    until(lambda: services.watch.since(Part.STORE))
    app = opened(upload_page, job_id)
    assert "The file store does not answer" in texts(app)
    assert not [button for button in app.button if button.label == "Process it"]

    services.back()
    assert [button for button in run(app).button if button.label == "Process it"]


def test_without_the_queue_a_file_is_stored_and_its_page_says_when_it_is_processed(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = chosen(opened(), FILE)
    without = Watch({Part.QUEUE: no_queue}, every_seconds=0.1)
    monkeypatch.setattr(resources, "watch", lambda: without)
    monkeypatch.setattr(workers, "enqueue_process", ENQUEUE)
    click(app, "Upload 1 file")
    (stored,) = viewing.listed(services.sessions, services.ana.id)
    assert stored.status is JobStatus.PENDING
    assert "Stored files wait, and are processed as soon as it does" in texts(app)

    assert "This file is stored, and is processed as soon as it does" in texts(opened(upload_page, stored.id))
    without.close()


def no_queue() -> None:
    raise QueueUnavailable("The queue does not answer.")


def uploaded(services: Services, name: str, content: bytes) -> int:
    return uploads.submit(
        services.sessions,
        resources.bucket(),
        lambda _job, _key: None,
        user_id=services.ana.id,
        filename=name,
        content=content,
        max_bytes=5_000_000,
    )


def test_a_decision_that_could_not_be_stored_is_told_and_what_was_typed_stays(services: Services) -> None:
    job_id = uploaded(services, "blank.csv", BLANK)
    processing.process(services.sessions, resources.bucket(), job_id)
    app = opened(review_page, job_id)
    app.text_input[1].set_value("Acme")
    services.database.refuse()
    click(app, "Save")
    assert "The database does not answer" in texts(app)

    services.back()
    run(app)
    assert "What you did last may not have been stored" in texts(app)
    assert app.text_input[1].value == "Acme"
    click(app, "Save")
    assert viewing.get(services.sessions, services.ana.id, job_id).open_issues == 0


def test_mistakes_of_our_own_are_no_outage(services: Services) -> None:
    app = AppTest.from_function(broken_page).run()
    assert ["encountered an error" in exception.message for exception in app.exception] == [True]
    assert "does not answer" not in texts(app)
    assert services.watch.down() == {}


def test_nobody_is_told_that_a_password_is_wrong_because_it_cannot_be_checked(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "cookies", {})
    app = opened()
    services.database.refuse()
    email, password = (field for field in app.text_input if field.form_id == "Login")
    email.set_value("ana@example.com")
    password.set_value(PASSWORD)
    click(app, "Sign in")
    assert "your password cannot be checked now" in texts(app)
    assert not app.error

    services.back()
    click(app, "Sign in")
    assert "sign_in_ticket" in app.session_state


SENDS = """
from dashboard import workers
from ingestion.errors import QueueUnavailable
for send in (lambda: workers.enqueue_process(1, "key"), lambda: workers.enqueue_finalize(1)):
    try:
        send()
    except QueueUnavailable as error:
        print(error)
"""


@pytest.mark.parametrize("fault", ["refuse", "stall"])
def test_sending_to_a_queue_that_does_not_answer_ends_soon(
    environment: dict[str, str], settings: Settings, fault: str
) -> None:
    assert settings.aws_endpoint_url
    with proxy_to(settings.aws_endpoint_url) as proxy:
        getattr(proxy, fault)()
        said = subprocess.run(
            [sys.executable, "-c", SENDS],
            cwd=ROOT,
            env={**environment, "AWS_ENDPOINT_URL": through(proxy, settings.aws_endpoint_url)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    assert said.count("The queue does not answer") == 2
