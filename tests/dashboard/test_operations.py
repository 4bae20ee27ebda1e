"""The page for administrators, over real tables and a real queue."""

import socket
from collections.abc import Callable

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard import auth, resources
from db.engine import Sessions
from ingestion import dead_letters, deletion, export, viewing
from ingestion.accounts import Account
from ingestion.errors import QueueUnavailable
from ingestion.queue import make_queue
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from tests.conftest import ROOT, Submit, add_administrator
from tests.dashboard.conftest import Visit, click, rows, texts
from tests.letters import message
from tests.worker import Queue

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
EVIL = "![x](x.png) <b>.csv"


def operations_page() -> None:
    from dashboard.views import operations

    operations.page()


def discard_dialog() -> None:
    """The dialog about all letters: a test cannot run one by itself, as a browser does."""
    import streamlit as st

    from dashboard import resources
    from dashboard.components import dead_letters

    st.session_state["dead_letters_to_discard"] = resources.queue().dead_letters()
    dead_letters.open_dialog()


@pytest.fixture
def sqs(sqs: Queue, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setattr(resources, "queue", lambda: make_queue(settings))
    return sqs


@pytest.fixture
def visit_as_administrator(
    visit: Visit,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    sqs: Queue,  # noqa: ARG001  (emptied before)
) -> Callable[[], AppTest]:
    """Opens the page as an administrator who owns no upload."""
    administrator = add_administrator(sessions)
    account = Account(administrator, "olga@example.com", "Olga", "Ruiz", "administrator")
    monkeypatch.setattr(auth, "current_account", lambda **_: account)
    return lambda: visit(operations_page)


def run(sessions: Sessions, statement: str) -> None:
    with sessions.begin() as session:
        session.execute(text(statement))


def failed(sessions: Sessions, submit: Submit, name: str = "contacts.csv") -> int:
    job_id = submit(CLEAN, name=name)
    run(
        sessions,
        "UPDATE jobs SET status = 'FAILED', attempt = 5, error_message = 'It failed 5 times.'"
        f" WHERE id = {job_id}",
    )
    return job_id


def tiles(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def choose(app: AppTest, generation: int, *lines: int) -> AppTest:
    app.session_state[f"dead_letters_{generation}"] = {
        "selection": {"rows": list(lines), "columns": [], "cells": []}
    }
    app.run()
    assert not app.exception
    return app


def answers(app: AppTest) -> list[str]:
    """What can be done about letters."""
    return [button.label for button in app.button if (button.key or "").startswith("letters_")]


def test_an_operator_is_told_whose_page_this_is_and_sees_nothing(visit: Visit, sqs: Queue) -> None:
    sqs.bury(message())
    app = visit(operations_page)
    assert "This page is for administrators" in texts(app)
    assert not app.metric
    assert not app.dataframe
    assert not app.button


@pytest.mark.parametrize("page", ["operations", "audit"])
@pytest.mark.parametrize(("role", "visibility"), [("operator", "hidden"), ("administrator", "visible")])
def test_only_administrators_find_their_pages_in_the_navigation(
    visit: Visit,  # noqa: ARG001  (over the tests' database)
    sqs: Queue,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    user_id: int,
    role: str,
    visibility: str,
    page: str,
) -> None:
    account = Account(user_id, "ana@example.com", "Ana", "López", role)
    monkeypatch.setattr(auth, "current_account", lambda **_: account)
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=20).run()
    assert not app.exception
    assert app.session_state["pages"][page].visibility == visibility


def test_a_quiet_installation_says_so_and_warns_that_nobody_works(
    visit_as_administrator: Callable[[], AppTest],
) -> None:
    app = visit_as_administrator()
    assert tiles(app) == {
        "Waiting": "0",
        "In flight": "0",
        "Delayed": "0",
        "Dead letters": "0",
        "Oldest waiting": "–",
        "Workers alive": "0",
    }
    assert "No dead letters. Nothing failed for good." in texts(app)
    assert "No upload takes longer than expected." in texts(app)
    assert "Nothing was processed in this time." in texts(app)
    assert "No worker is alive" in texts(app)


def test_numbers_workers_stuck_uploads_attempts_and_failures_are_shown(
    visit_as_administrator: Callable[[], AppTest],
    sessions: Sessions,
    submit: Submit,
    processed: Submit,
    sqs: Queue,
) -> None:
    processed(CLEAN)
    stuck, again = submit(CLEAN, name=EVIL), submit(CLEAN, name="again.csv")
    failed(sessions, submit, "failed.csv")
    run(sessions, f"UPDATE jobs SET created_at = now() - interval '2 hours' WHERE id = {stuck}")
    run(
        sessions,
        "UPDATE jobs SET attempt = 2, error_message = 'The file store does not answer.',"
        f" next_attempt_at = now() + interval '10 minutes' WHERE id = {again}",
    )
    run(
        sessions,
        "INSERT INTO workers (id, host, pid, task, job_id, busy_since)"
        f" VALUES ('w', 'host', 7, 'process_job', {stuck}, now() - interval '5 minutes')",
    )
    sqs.send(message(stuck))
    sqs.send(message(again), delay=600)

    app = visit_as_administrator()
    shown = tiles(app)
    assert (shown["Waiting"], shown["Delayed"], shown["Workers alive"]) == ("1", "1", "1")
    assert shown["Oldest waiting"] == "2 h 0 min"
    assert "No worker is alive" not in texts(app)
    stuck_table, workers, retried, failures = (frame.value for frame in app.dataframe)
    assert stuck_table.iloc[0][["File", "What is wrong", "For"]].tolist() == [
        EVIL,
        "No worker took it up",
        "2 h 0 min",
    ]
    assert workers.iloc[0][["Worker", "Doing", "File", "For"]].tolist() == [
        "host · 7",
        "Processing",
        EVIL,
        "5 min",
    ]
    assert workers.iloc[0]["State"] == ["Busy"]
    assert retried.iloc[0][["File", "Attempt", "What went wrong last"]].tolist() == [
        "again.csv",
        2,
        "The file store does not answer.",
    ]
    assert failures.iloc[0][["File", "Reason"]].tolist() == ["failed.csv", "It failed 5 times."]
    assert "1 file with 1 row processed, 1 completed, 1 failed." in texts(app)
    assert "processed: 1\nfailed: 1" in rows(app)


def test_all_letters_are_sent_back_whoever_owns_the_uploads(
    visit_as_administrator: Callable[[], AppTest],
    sessions: Sessions,
    submit: Submit,
    sqs: Queue,
    user_id: int,
) -> None:
    jobs = [failed(sessions, submit, EVIL), failed(sessions, submit)]
    for job_id in jobs:
        sqs.bury(message(job_id))
    app = visit_as_administrator()
    table = app.dataframe[0].value
    assert sorted(table["File"]) == sorted([EVIL, "contacts.csv"])
    assert set(table["Error"]) == {"It failed 5 times."}
    assert set(table["If sent back"]) == {"It is processed again"}

    click(app, "Send back all")

    assert {viewing.get(sessions, user_id, job_id).status for job_id in jobs} == {JobStatus.PENDING}
    assert sqs.dead_letters() == []
    assert app.toast[0].value == "2 uploads sent back"
    assert "No dead letters" in texts(app)


def test_one_letter_is_shown_in_full_and_sent_back_alone(
    visit_as_administrator: Callable[[], AppTest],
    sessions: Sessions,
    submit: Submit,
    sqs: Queue,
    user_id: int,
) -> None:
    jobs = [failed(sessions, submit), failed(sessions, submit)]
    for job_id in jobs:
        sqs.bury(message(job_id, error="OSError: *disk* full"))
    app = choose(visit_as_administrator(), 0, 0)
    assert "OSError: *disk* full" in app.code[0].value

    click(app, "Send back 1 letter")

    statuses = sorted(viewing.get(sessions, user_id, job_id).status for job_id in jobs)
    assert statuses == [JobStatus.FAILED, JobStatus.PENDING]
    assert len(sqs.dead_letters()) == 1
    assert answers(app) == ["Send back all"], "another letter is chosen now"


def test_a_letter_that_comes_while_another_is_chosen_changes_no_choice(
    visit_as_administrator: Callable[[], AppTest], sqs: Queue
) -> None:
    sqs.bury(message(1, error="the first"))
    app = choose(visit_as_administrator(), 0, 0)
    for job_id in range(2, 6):
        sqs.bury(message(job_id, error="a later one"))
    app.run()
    assert app.dataframe[0].value["Error"].tolist() == ["the first", *["a later one"] * 4]
    assert "the first" in app.code[0].value


def test_letters_that_need_nothing_are_put_away(
    visit_as_administrator: Callable[[], AppTest], processed: Submit, sqs: Queue
) -> None:
    sqs.bury(message(processed(CLEAN)))
    app = visit_as_administrator()
    assert app.dataframe[0].value["If sent back"].tolist() == ["Nothing to do: it is done"]
    click(app, "Send back all")
    assert app.toast[0].value == "1 letter put away: nothing was left to do"
    assert sqs.count_dead_letters() == 0


def test_nothing_is_chosen_when_somebody_else_removed_a_letter(
    visit_as_administrator: Callable[[], AppTest], sqs: Queue
) -> None:
    gone = sqs.bury(message(1))
    sqs.bury(message(2))
    app = choose(visit_as_administrator(), 0, 0)
    resources.queue().remove({gone})
    app.run()
    assert answers(app) == ["Send back all"]


def test_what_cannot_be_read_is_not_sent_back_and_can_be_discarded(
    visit_as_administrator: Callable[[], AppTest], sqs: Queue
) -> None:
    sqs.bury("<script>alert(1)</script>")
    app = visit_as_administrator()
    click(app, "Send back all")
    assert "1 message cannot be read. Discard what nobody needs." in texts(app).replace("\\", "")
    assert sqs.count_dead_letters() == 1

    choose(app, 0, 0)
    assert app.code[0].value == "<script>alert(1)</script>"
    click(app, "Discard 1 letter …")
    assert "Your name and the reason are kept." in texts(app)


def test_letters_are_discarded_with_a_reason_and_not_without(
    visit_as_administrator: Callable[[], AppTest],  # noqa: ARG001  (signs in)
    visit: Visit,
    sessions: Sessions,
    sqs: Queue,
) -> None:
    sqs.bury(message())
    app = visit(discard_dialog)
    click(app, "Discard")
    assert "Say why these letters are discarded" in texts(app).replace("\\", "")
    assert sqs.count_dead_letters() == 1

    app.text_input[0].set_value("sent by hand")
    click(app, "Discard")
    assert sqs.count_dead_letters() == 0
    with sessions() as session:
        reason = session.execute(text("SELECT detail_json ->> 'reason' FROM audit_log")).scalar_one()
    assert reason == "sent by hand"


def test_what_was_done_is_listed_with_who_and_why(
    visit_as_administrator: Callable[[], AppTest], submit: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = submit(CLEAN, name="old *list*.csv")
    deletion.request(sessions, user_id, job_id)

    app = visit_as_administrator()

    (line,) = app.dataframe[-1].value.to_dict("records")
    assert line["What"] == f"Deleted old *list*.csv (upload {job_id}): asked for"
    assert line["Who"].startswith("Ana")


def test_sign_ins_and_exports_do_not_crowd_out_what_was_done_and_are_a_click_away(
    visit_as_administrator: Callable[[], AppTest],
    processed: Submit,
    sessions: Sessions,
    user_id: int,
    opened: list[tuple[str, int | None]],
) -> None:
    assert list(export.open_contacts(sessions, user_id, processed(CLEAN)).chunks)

    app = visit_as_administrator()
    assert "Nobody deleted an upload or answered a dead letter yet." in texts(app)
    click(app, "All that was done")

    assert opened == [("audit", None)]


def test_without_the_queue_the_rest_of_the_page_works(
    visit_as_administrator: Callable[[], AppTest],
    sessions: Sessions,
    submit: Submit,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed(sessions, submit)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    down = make_queue(settings.model_copy(update={"aws_endpoint_url": f"http://127.0.0.1:{port}"}))
    monkeypatch.setattr(resources, "queue", lambda: down)
    app = visit_as_administrator()
    assert "The queue does not answer." in texts(app)
    assert "They cannot be listed while the queue does not answer." in texts(app)
    assert tiles(app)["Waiting"] == "–"
    assert app.dataframe[0].value["Reason"].tolist() == ["It failed 5 times."]


def test_a_queue_that_stops_answering_while_letters_are_sent_back_is_told(
    visit_as_administrator: Callable[[], AppTest],
    sessions: Sessions,
    submit: Submit,
    sqs: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sqs.bury(message(failed(sessions, submit)))
    app = visit_as_administrator()

    def refuse(*_arguments: object) -> None:
        raise QueueUnavailable("The queue does not answer. Try again in a moment.")

    monkeypatch.setattr(dead_letters, "send_back", refuse)
    click(app, "Send back all")
    assert "The queue does not answer. Try again in a moment." in texts(app).replace("\\", "")
    assert len(sqs.dead_letters()) == 1
