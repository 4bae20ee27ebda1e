"""Files that are taken away: by whom, and what is in them."""

import re

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import deletion, processing, sharing, uploads, versions
from ingestion.accounts import Account
from ingestion.rules import permissions
from ingestion.rules.permissions import Permission
from ingestion.settings import Settings
from ingestion.storage import Bucket
from ingestion.summary_page import CONTENT_SECURITY_POLICY
from tests.accounts import add_account
from tests.conftest import Submit
from tests.dashboard.served import Browser, served


@pytest.fixture
def job_id(sessions: Sessions, bucket: Bucket, settings: Settings, ana: Account) -> int:
    """A clean file of Ana's, uploaded but not yet processed."""
    return uploads.submit(
        sessions,
        bucket,
        lambda *_: None,
        user_id=ana.id,
        filename='Kunden "März" 100%.csv',
        content=b"email,first_name,last_name,company\nben@example.com,Ben,Li,Acme\n",
        max_bytes=settings.max_upload_bytes,
    )


@pytest.fixture
def eve(sessions: Sessions, ana: Account) -> Account:  # noqa: ARG001  (the first is an administrator)
    """Somebody who looks after nothing."""
    return add_account(sessions, "eve@example.com", "Eve", "X", "a hash")


def test_a_download_streams_the_contacts_under_the_files_name(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)

    answer = browser.get(f"/downloads/{job_id}/contacts.csv")

    assert answer.status == 200
    assert answer.data.decode().splitlines()[1] == "ben@example.com,Ben,Li,Acme"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="Kunden _M_rz_ 100_-contacts.csv"; '
        "filename*=UTF-8''Kunden%20%22M%C3%A4rz%22%20100%25-contacts.csv"
    )


def test_cells_are_protected_from_spreadsheets_unless_exact_ones_are_asked_for(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, submit: Submit
) -> None:
    job_id = submit(b"email,first_name,last_name,company\na@x.com,=1+1,Silva,Acme\n", owner=ana.id)
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)
    address = f"/downloads/{job_id}/contacts.csv"

    protected, exact, wrong = (browser.get(address + query) for query in ("", "?cells=exact", "?cells=raw"))

    assert b"a@x.com,'=1+1,Silva" in protected.data
    assert b"a@x.com,=1+1,Silva" in exact.data
    assert (wrong.status, wrong.data) == (400, b"cells is one of: protected, exact.")


def test_a_download_before_finalizing_is_refused_with_the_reason(
    browser: Browser, sessions: Sessions, ana: Account, job_id: int
) -> None:
    browser.sign_in(sessions, ana)

    answer = browser.get(f"/downloads/{job_id}/contacts.csv")

    assert answer.status == 409
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "final contacts" in answer.data.decode()


def test_the_rows_to_correct_are_a_download_of_their_own(
    browser: Browser, sessions: Sessions, bucket: Bucket, settings: Settings, ana: Account
) -> None:
    job_id = uploads.submit(
        sessions,
        bucket,
        lambda *_: None,
        user_id=ana.id,
        filename="may.csv",
        content=b"email,first_name,last_name,company\nana@x.com,Ana,Li,Acme\nben,Ben,Li,Acme\n",
        max_bytes=settings.max_upload_bytes,
    )
    processing.process(sessions, bucket, job_id)
    assert browser.get(f"/downloads/{job_id}/to-correct.csv").status == 401
    browser.sign_in(sessions, ana)

    answer = browser.get(f"/downloads/{job_id}/to-correct.csv")

    assert answer.status == 200
    assert 'filename="may-to-correct.csv"' in answer.headers["content-disposition"]
    assert answer.data.decode("utf-8-sig").splitlines()[1].startswith("ben,Ben,Li,Acme,Invalid e-mail")


def test_rows_left_out_an_earlier_version_and_a_summary_can_be_had(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)

    assert browser.get(f"/downloads/{job_id}/left-out.csv").status == 409
    version = browser.get(f"/downloads/{job_id}/contacts-v1.csv")
    assert version.data == browser.get(f"/downloads/{job_id}/contacts.csv").data
    assert "100%25-contacts-v1.csv" in version.headers["content-disposition"]
    assert browser.get(f"/downloads/{job_id}/contacts-v2.csv").status == 404
    summary = browser.get(f"/downloads/{job_id}/summary.html")
    assert (summary.status, summary.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert summary.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert summary.headers["cache-control"] == "no-store"
    assert summary.headers["x-content-type-options"] == "nosniff"
    assert "Kunden &#34;März&#34; 100%.csv" in summary.data.decode()


def test_a_version_that_others_keep_waiting_is_to_be_had_later(
    browser: Browser,
    sessions: Sessions,
    bucket: Bucket,
    ana: Account,
    job_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)
    monkeypatch.setattr(versions, "_WAIT_SECONDS", 0.01)

    with versions._ONE_AT_A_TIME:
        answer = browser.get(f"/downloads/{job_id}/contacts-v1.csv")

    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert answer.data.decode() == "Another version is being made; try again in a minute."


def test_a_version_that_differs_is_refused_with_what_to_do(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    with sessions.begin() as session:
        session.execute(text("UPDATE finalizations SET export_sha256 = 'x'"))
    browser.sign_in(sessions, ana)

    answer = browser.get(f"/downloads/{job_id}/contacts-v1.csv")

    assert answer.status == 409
    assert "python -m ingestion.replay" in answer.data.decode()


def test_a_store_that_does_not_answer_is_a_failure_for_now(
    settings: Settings, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    nowhere = settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"})
    with served(nowhere, sessions) as host:
        browser = Browser(host)
        browser.sign_in(sessions, ana)
        answer = browser.get(f"/downloads/{job_id}/contacts-v1.csv")
        browser.close()

    assert answer.status == 503


FILES = ["contacts.csv", "contacts.xlsx", "contacts-v1.csv", "to-correct.csv", "left-out.csv", "summary.html"]


@pytest.mark.parametrize("name", FILES)
def test_nobody_elses_files_can_be_downloaded(
    browser: Browser, sessions: Sessions, bucket: Bucket, eve: Account, job_id: int, name: str
) -> None:
    processing.process(sessions, bucket, job_id)
    assert browser.get(f"/downloads/{job_id}/{name}").status == 401

    browser.sign_in(sessions, eve)

    assert browser.get(f"/downloads/{job_id}/{name}").status == 404
    assert browser.get(f"/downloads/{2**63}/{name}").status == 404
    assert browser.get(f"/downloads/x/{name}").status == 404


def test_those_with_whom_an_upload_is_shared_download_until_the_share_is_taken_back(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, eve: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    sharing.share(sessions, ana.id, job_id, eve.email)
    browser.sign_in(sessions, eve)
    assert browser.get(f"/downloads/{job_id}/summary.html").status == 200

    sharing.unshare(sessions, ana.id, job_id, eve.id)

    assert browser.get(f"/downloads/{job_id}/summary.html").status == 404


@pytest.mark.parametrize("name", FILES)
def test_a_role_that_may_look_and_not_take_away_is_told_so(
    browser: Browser,
    sessions: Sessions,
    bucket: Bucket,
    ana: Account,
    job_id: int,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)
    monkeypatch.setattr(permissions, "with_upload", lambda _role, _relation: {Permission.VIEW})

    answer = browser.get(f"/downloads/{job_id}/{name}")

    assert (answer.status, answer.data[:29]) == (403, b"Your role does not allow this")


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_a_deleted_upload_can_be_downloaded(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int, name: str
) -> None:
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)
    assert browser.get(f"/downloads/{job_id}/{name}").status != 404

    deletion.request(sessions, ana.id, job_id)

    assert browser.get(f"/downloads/{job_id}/{name}").status == 404


def test_administrators_take_the_audit_log_away_whole_or_in_part(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    browser.sign_in(sessions, ana)
    assert browser.get(f"/downloads/{job_id}/contacts.csv").status == 200

    exports = browser.get(f"/downloads/audit.csv?group=exports&upload={job_id}")
    sharing = browser.get("/downloads/audit.csv?group=sharing")
    everything = browser.get("/downloads/audit.csv")

    assert exports.headers["content-type"] == "text/csv; charset=utf-8"
    assert exports.headers["cache-control"] == "no-store"
    assert re.fullmatch(
        r"attachment; filename=\"audit-log-\d{4}-\d\d-\d\d\.csv\"; .*", exports.headers["content-disposition"]
    )
    header, line = exports.data.decode("utf-8-sig").splitlines()
    assert header.startswith("id,at,action,who,")
    assert ",export_contacts,Ana López,ana@example.com," in line
    assert sharing.data.decode("utf-8-sig").splitlines() == [header]
    actions = [line.split(",")[2] for line in everything.data.decode("utf-8-sig").splitlines()[1:]]
    assert [action for action in actions if action.startswith("export")] == [
        "export_audit",
        "export_audit",
        "export_contacts",
    ]


def test_nobody_else_gets_the_audit_log(browser: Browser, sessions: Sessions, eve: Account) -> None:
    assert browser.get("/downloads/audit.csv").status == 401
    browser.sign_in(sessions, eve)

    answer = browser.get("/downloads/audit.csv?group=exports")

    assert (answer.status, answer.data.decode()) == (403, "Only administrators may do this.")
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_log WHERE action = 'export_audit'")) == 0


@pytest.mark.parametrize(
    "query",
    [
        "group=everything",
        "since=yesterday",
        "since=2026-11-23T00:00:00",
        "until=",
        "account=-1",
        "account=1%20OR%201",
        "upload=9999999999999999999",
        "uplaod=1",
    ],
)
def test_a_part_of_the_audit_log_that_there_is_not_is_refused(
    browser: Browser, sessions: Sessions, ana: Account, query: str
) -> None:
    assert browser.get(f"/downloads/audit.csv?{query}").status == 401
    browser.sign_in(sessions, ana)

    assert browser.get(f"/downloads/audit.csv?{query}").status == 400
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_log WHERE action = 'export_audit'")) == 0
