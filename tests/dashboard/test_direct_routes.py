"""The routes by which a browser sends a large file straight to the store, asked over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from sqlalchemy import text

from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions
from ingestion import deletion, intake, viewing
from ingestion.access import permitted
from ingestion.accounts import Account
from ingestion.rules.permissions import Permission
from ingestion.settings import Settings
from ingestion.storage import Bucket
from tests.accounts import add_account
from tests.dashboard.served import Browser, served

FILE = {"name": "large.csv", "size": 6, "fingerprint": "0123456789abcdef", "modified": 1_764_000_000_123}


class Page:
    """What the page's script does: JSON there and back, with the session's cookie."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pool = urllib3.PoolManager(retries=False)

    def ask(
        self, path: str, body: object, *, origin: str | None = None, raw: bytes | None = None
    ) -> tuple[int, Any]:
        headers = {"origin": origin or self._browser.origin}
        if self._browser.token:
            headers["cookie"] = f"{SESSION_COOKIE}={self._browser.token}"
        address = f"http://{self._browser.host}/direct-uploads{path}"
        if raw is None:
            answer = self._pool.request("POST", address, json=body, headers=headers)
        else:
            answer = self._pool.request("POST", address, body=raw, headers=headers)
        is_json = answer.headers["content-type"] == "application/json"
        return answer.status, answer.json() if is_json else answer.data.decode()

    def sign_in(self, sessions: Sessions, account: Account) -> None:
        self._browser.sign_in(sessions, account)

    def close(self) -> None:
        self._pool.clear()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = Page(browser)
    yield page
    page.close()


@pytest.fixture
def signed_in(page: Page, sessions: Sessions, ana: Account) -> Page:
    page.sign_in(sessions, ana)
    return page


PATHS = ["", "/1/parts", "/1/complete", "/1/cancel"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_answered_without_a_session(page: Page, path: str) -> None:
    status, answer = page.ask(path, FILE)

    assert status == 401
    assert "Sign in" in answer["message"]


@pytest.mark.parametrize("path", PATHS)
def test_another_sites_page_is_refused(signed_in: Page, path: str) -> None:
    assert signed_in.ask(path, FILE, origin="https://evil.example")[0] == 403


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"name": 1, "size": 6, "fingerprint": "0123456789", "modified": 0}',
        b'{"name": "a.csv", "size": 6, "fingerprint": "0123456789"}',
        b'{"name": "a.csv", "size": 6, "fingerprint": "0123456789", "modified": 9223372036854775808}',
    ],
)
def test_what_is_no_request_of_ours_is_refused_in_words(signed_in: Page, raw: bytes) -> None:
    status, answer = signed_in.ask("", None, raw=raw)

    assert (status, answer["message"]) == (400, "This page is of another version of the product. Reload it.")


def test_a_long_body_is_not_read(signed_in: Page) -> None:
    assert signed_in.ask("", None, raw=b" " * 100_000)[0] == 413


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "<b>.exe"}, "<b>.exe is none of the files"),
        ({"size": 0}, "is empty"),
        ({"size": 10**12}, "at most 5 MB"),
        ({"fingerprint": "?"}, "could not read"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_the_reason(
    signed_in: Page, sessions: Sessions, ana: Account, change: dict[str, object], said: str
) -> None:
    status, answer = signed_in.ask("", FILE | change)

    assert status == 422
    assert said in answer["message"]
    assert viewing.listed(sessions, ana.id) == []


def test_a_reviewer_sends_no_files(signed_in: Page, sessions: Sessions, ana: Account) -> None:
    begun = signed_in.ask("", FILE)[1]["id"]
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET role = 'reviewer' WHERE id = :user"), {"user": ana.id})

    refused, kept_from_parts = (
        signed_in.ask("", FILE),
        signed_in.ask(f"/{begun}/parts", {"numbers": [1], "sent": 0}),
    )

    assert (refused[0], kept_from_parts[0]) == (403, 403)
    assert "Reviewers settle what others share" in refused[1]["message"]
    assert [upload.id for upload in viewing.listed(sessions, ana.id)] == [begun]


def test_a_file_is_begun_sent_and_completed(
    signed_in: Page, bucket: Bucket, settings: Settings, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[dict[str, object]] = []
    monkeypatch.setattr(intake, "arrived", lambda *_, **named: taken.append(named))

    status, begun = signed_in.ask("", FILE)
    assert (status, begun["present"], begun["partBytes"]) == (200, [], 8 * 1024 * 1024)
    job = f"/{begun['id']}"
    assert signed_in.ask(f"{job}/complete", {})[0] == 409
    _, signed = signed_in.ask(f"{job}/parts", {"numbers": [1], "sent": 0})
    assert urllib3.request("PUT", signed["addresses"]["1"], body=b"email\n").status == 200
    assert signed_in.ask("", FILE)[1]["present"] == [1]
    assert signed_in.ask(f"{job}/complete", {}) == (200, {})

    limit = settings.max_upload_bytes
    assert taken == [{"user_id": ana.id, "job_id": begun["id"], "max_bytes": limit, "options": None}]
    assert bucket.head(f"uploads/u{ana.id}/job-{begun['id']}.csv", 100) == b"email\n"


def test_more_files_than_an_account_may_upload_are_refused_with_the_time_to_wait(
    settings: Settings, sessions: Sessions, ana: Account
) -> None:
    with served(settings.model_copy(update={"uploads_per_hour": 1}), sessions) as host:
        browser = Browser(host)
        page = Page(browser)
        page.sign_in(sessions, ana)
        assert page.ask("", FILE)[0] == 200
        status, answer = page.ask("", {**FILE, "fingerprint": "another-content"})
        page.close()
        browser.close()

    assert status == 422
    assert answer["message"].startswith("You uploaded 1 file within an hour, which is the most.")


def test_what_was_uploaded_before_is_asked_about(signed_in: Page, sessions: Sessions, ana: Account) -> None:
    job_id = signed_in.ask("", FILE)[1]["id"]
    with sessions.begin() as session:
        permitted(session, ana.id, job_id, Permission.MANAGE).status = "COMPLETED"

    status, answer = signed_in.ask("", FILE)

    assert (status, answer["again"]) == (409, True)
    assert f"same content as large.csv (upload {job_id})" in answer["message"]
    assert signed_in.ask("", FILE | {"again": True})[0] == 200


def test_an_unfinished_upload_of_another_version_is_not_gone_on_with(signed_in: Page) -> None:
    job_id = signed_in.ask("", FILE)[1]["id"]
    edited = FILE | {"modified": 1_764_000_000_124}

    assert signed_in.ask("", edited)[0] == 409
    assert signed_in.ask("", edited | {"again": True})[1]["id"] != job_id
    assert signed_in.ask("", FILE)[1]["id"] == job_id


def test_a_cancelled_upload_is_gone(signed_in: Page, sessions: Sessions, ana: Account) -> None:
    job_id = signed_in.ask("", FILE)[1]["id"]

    assert signed_in.ask(f"/{job_id}/cancel", {}) == (200, {})

    assert viewing.listed(sessions, ana.id) == []
    assert signed_in.ask(f"/{job_id}/cancel", {})[0] == 404


def test_a_deleted_upload_is_not_found(signed_in: Page, sessions: Sessions, ana: Account) -> None:
    job_id = signed_in.ask("", FILE)[1]["id"]
    deletion.request(sessions, ana.id, job_id)

    assert signed_in.ask(f"/{job_id}/parts", {"numbers": [1], "sent": 0})[0] == 404
    assert signed_in.ask(f"/{job_id}/complete", {})[0] == 404
    assert signed_in.ask(f"/{job_id}/cancel", {})[0] == 404
    assert signed_in.ask("", FILE)[1]["id"] != job_id


@pytest.mark.parametrize("body", [{"numbers": [2], "sent": 0}, {"numbers": [0], "sent": 0}])
def test_a_part_that_the_file_does_not_have_is_refused(signed_in: Page, body: dict[str, object]) -> None:
    job_id = signed_in.ask("", FILE)[1]["id"]

    assert signed_in.ask(f"/{job_id}/parts", body)[0] == 422


def test_somebody_elses_upload_is_not_found(signed_in: Page, sessions: Sessions) -> None:
    job_id = signed_in.ask("", FILE)[1]["id"]
    signed_in.sign_in(sessions, add_account(sessions, "eve@example.com", "Eve", "X", "a hash"))

    for number in (job_id, 2**63):
        assert signed_in.ask(f"/{number}/parts", {"numbers": [1], "sent": 0})[0] == 404
        assert signed_in.ask(f"/{number}/complete", {})[0] == 404
        assert signed_in.ask(f"/{number}/cancel", {})[0] == 404


def test_pages_may_send_to_the_store_and_nowhere_else(page: Page, settings: Settings) -> None:
    answer = urllib3.request("GET", f"http://{page._browser.host}/healthz")

    place = f"{settings.aws_endpoint_url}/{settings.s3_bucket_name}/"
    assert f"connect-src 'self' {place};" in answer.headers["content-security-policy"]
