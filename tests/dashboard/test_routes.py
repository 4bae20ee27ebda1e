"""The routes beside Streamlit's pages, and what guards those, asked over HTTP as a browser asks."""

import datetime as dt
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
import urllib3
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import door
from dashboard.door.belongings import Belongings
from dashboard.routes import routes
from dashboard.session_cookie import SESSION_COOKIE
from dashboard.summary import CONTENT_SECURITY_POLICY
from db.engine import Sessions, make_engine, make_sessions
from ingestion import deletion, processing, sharing, uploads
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.rules import permissions
from ingestion.rules.permissions import Permission
from ingestion.settings import Settings
from ingestion.storage import Bucket, make_bucket
from ingestion.watch import Watch
from tests.accounts import add_account
from tests.conftest import Submit
from tests.outages import watch_over
from tests.sign_ins import ticket_of


def streamlits(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"Streamlit's {request.url.path}")


def broken(_: Request) -> PlainTextResponse:
    raise RuntimeError("on purpose")


PUBLIC_NAME = "contacts.example.com"
"""Under which the server is reached as well, by way of a proxy."""


class Everybodys:
    """A page that belongs to whoever asks."""

    def matches_user_info(self, _: object) -> bool:
        return True


@contextmanager
def served(settings: Settings, sessions: Sessions, watch: Watch | None = None) -> Iterator[str]:
    """The host and port of a server with our routes and guards, and stand-ins for Streamlit's own routes."""
    paths = [
        "/",
        "/media/{name}",
        "/_stcore/upload_file/{page}/{name}",
        "/_stcore/metrics",
        "/_stcore/health",
    ]
    settings = settings.model_copy(update={"allowed_hosts": (*settings.allowed_hosts, PUBLIC_NAME)})
    ours = [*routes(settings, sessions, make_bucket(settings), watch or Watch({})), Route("/broken", broken)]
    *around, _ = door.middleware(settings, sessions, ours)
    app = Starlette(
        routes=[*ours, *(Route(path, streamlits, methods=["GET", "PUT"]) for path in paths)],
        # Without Streamlit there are no pages that files could belong to: they are everybody's here.
        middleware=[*around, Middleware(Belongings, sessions=sessions, pages=lambda _: [Everybodys()])],
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


class Browser:
    """Asks one host and keeps the session cookie, as a browser does."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.origin = f"http://{host}"
        self.token: str | None = None
        self._pool = urllib3.PoolManager(retries=False)

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self._ask("GET", path, headers)

    def ask(self, method: str, path: str) -> urllib3.BaseHTTPResponse:
        """By any method, from a page of this host."""
        return self._ask(method, path, {"origin": self.origin})

    def post(self, path: str, *, origin: str | None = "", **headers: str) -> urllib3.BaseHTTPResponse:
        """POST from a page of this host, or of another `origin`; None: no browser says nothing."""
        origin = self.origin if origin == "" else origin
        return self._ask("POST", path, headers | ({"origin": origin} if origin else {}))

    def exchange(self, ticket: str, *, origin: str | None = "") -> urllib3.BaseHTTPResponse:
        return self.post("/auth/exchange", origin=origin, **{"x-ticket": ticket})

    def sign_in(self, sessions: Sessions, account: Account) -> str:
        """The token of the new session."""
        assert self.exchange(ticket_of(sessions, account.email)).status == 204
        assert self.token
        return self.token

    def close(self) -> None:
        self._pool.clear()

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        if self.token:
            headers = {"cookie": f"{SESSION_COOKIE}={self.token}"} | headers
        answer = self._pool.request(
            method, f"http://{self.host}{path}", headers=headers, redirect=False, timeout=10
        )
        for line in answer.headers.getlist("set-cookie"):
            if SESSION_COOKIE in (cookies := SimpleCookie(line)):
                self.token = cookies[SESSION_COOKIE].value or None
        return answer


@pytest.fixture
def browser(settings: Settings, sessions: Sessions) -> Iterator[Browser]:
    with served(settings, sessions) as host:
        browser = Browser(host)
        yield browser
        browser.close()


@pytest.fixture
def ana(sessions: Sessions) -> Account:
    return add_account(sessions, "ana@example.com", "Ana", "López", "a hash")


def test_health_is_200_while_the_database_answers(browser: Browser) -> None:
    answer = browser.get("/healthz")

    assert (answer.status, answer.json()) == (200, {"status": "ok"})


def test_health_is_503_and_names_the_database_when_it_does_not_answer(settings: Settings) -> None:
    nowhere = make_sessions(make_engine("postgresql://app@127.0.0.1:1/postgres"))
    with watch_over(settings, nowhere) as watch, served(settings, nowhere, watch) as host:
        browser = Browser(host)
        answer = browser.get("/healthz")
        browser.close()

    assert (answer.status, answer.json()["unavailable"]) == (503, ["database"])


@pytest.mark.parametrize(
    ("scheme", "host", "cookie", "secure"),
    [
        pytest.param("http", None, "ingestion_session", set(), id="on loopback"),
        pytest.param("https", PUBLIC_NAME, "__Host-ingestion_session", {"Secure"}, id="behind a proxy"),
        pytest.param("https", "localhost:8443", "ingestion_session", {"Secure"}, id="https on loopback"),
    ],
)
def test_a_ticket_becomes_a_cookie_that_scripts_cannot_read(
    browser: Browser,
    sessions: Sessions,
    ana: Account,
    scheme: str,
    host: str | None,
    cookie: str,
    secure: set[str],
) -> None:
    ticket, host = ticket_of(sessions, ana.email), host or browser.host

    answer = browser.post("/auth/exchange", origin=f"{scheme}://{host}", host=host, **{"x-ticket": ticket})

    assert answer.status == 204
    value, *attributes = answer.headers.getlist("set-cookie")[0].split("; ")
    assert value.startswith(f"{cookie}=")
    assert web_sessions.account_of(sessions, value.removeprefix(f"{cookie}=")) == ana
    assert set(attributes) == {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax"} | secure


def test_over_plain_http_from_elsewhere_nobody_is_signed_in_and_https_is_named(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    ticket, host = ticket_of(sessions, ana.email), PUBLIC_NAME

    refused = browser.post("/auth/exchange", origin=f"http://{host}", host=host, **{"x-ticket": ticket})

    assert (refused.status, "set-cookie" in refused.headers) == (403, False)
    assert "https://" in refused.data.decode()
    assert browser.exchange(ticket).status == 204, "the ticket is still good"


def test_a_cookie_of_the_plain_name_opens_nothing_outside_loopback(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token = browser.sign_in(sessions, ana)
    assert browser.get("/media/a.csv").status == 200

    assert browser.get("/media/a.csv", host=PUBLIC_NAME).status == 401
    guarded = f"__Host-{SESSION_COOKIE}={token}"
    assert browser.get("/media/a.csv", host=PUBLIC_NAME, cookie=guarded).status == 200


def test_the_cookie_of_a_session_that_has_ended_is_taken_back(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token = browser.sign_in(sessions, ana)
    assert browser.post("/auth/forget", origin="https://elsewhere.example").status == 403

    assert browser.post("/auth/forget").status == 409
    assert browser.token == token
    assert web_sessions.account_of(sessions, token) == ana

    web_sessions.end_all(sessions, ana.id)
    assert browser.post("/auth/forget").status == 204
    assert browser.token is None
    assert browser.post("/auth/forget").status == 204


def test_signing_in_again_in_one_browser_ends_the_session_before(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    first = browser.sign_in(sessions, ana)

    second = browser.sign_in(sessions, ana)

    assert second != first
    assert web_sessions.account_of(sessions, first) is None
    assert web_sessions.account_of(sessions, second) == ana


def test_a_session_keeps_what_the_browser_says_and_where_it_is(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    ticket = ticket_of(sessions, ana.email)
    answer = browser.post(
        "/auth/exchange",
        **{"x-ticket": ticket, "user-agent": "Firefox/140.0 (X11)"},
    )

    assert answer.status == 204
    assert browser.token
    (own,) = web_sessions.listed(sessions, ana.id, browser.token)
    assert (own.browser, own.address) == ("Firefox on Linux", "127.0.0.1")


def test_a_download_is_something_done(browser: Browser, sessions: Sessions, ana: Account) -> None:
    token = browser.sign_in(sessions, ana)
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET seen_at = seen_at - interval '20 min'"))

    assert browser.get("/downloads/1/contacts.csv").status == 404

    (own,) = web_sessions.listed(sessions, ana.id, token)
    assert dt.datetime.now(dt.UTC) - own.seen_at < dt.timedelta(minutes=10)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://{host}.evil.example",
        "http://127.0.0.1",
        "http://x@{host}",
    ],
)
def test_an_exchange_from_another_site_is_refused_and_leaves_the_ticket(
    browser: Browser, sessions: Sessions, ana: Account, origin: str | None
) -> None:
    ticket = ticket_of(sessions, ana.email)

    assert browser.exchange(ticket, origin=origin and origin.format(host=browser.host)).status == 403
    assert browser.token is None
    assert browser.exchange(ticket).status == 204


def test_a_ticket_that_was_used_sets_no_cookie(browser: Browser, sessions: Sessions, ana: Account) -> None:
    ticket = ticket_of(sessions, ana.email)
    assert browser.exchange(ticket).status == 204
    browser.token = None

    assert browser.exchange(ticket).status == 403
    assert browser.exchange("").status == 403
    assert browser.token is None


def test_signing_out_ends_the_session_on_the_server_too(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token = browser.sign_in(sessions, ana)

    assert browser.post("/auth/sign-out").status == 204

    assert browser.token is None
    assert web_sessions.account_of(sessions, token) is None


def test_another_site_cannot_sign_anybody_out(browser: Browser, sessions: Sessions, ana: Account) -> None:
    token = browser.sign_in(sessions, ana)

    assert browser.post("/auth/sign-out", origin="https://evil.example").status == 403
    assert browser.get("/auth/sign-out").status == 405
    assert web_sessions.account_of(sessions, token) == ana


@pytest.mark.parametrize(("method", "path"), [("GET", "/media/a.csv"), ("PUT", "/_stcore/upload_file/a/b")])
def test_streamlits_files_need_a_session(
    browser: Browser, sessions: Sessions, ana: Account, method: str, path: str
) -> None:
    assert browser.ask(method, path).status == 401
    browser.token = "guessed"
    assert browser.ask(method, path).status == 401

    browser.sign_in(sessions, ana)

    assert browser.ask(method, path).data.decode() == f"Streamlit's {path}"


@pytest.mark.parametrize("path", ["/", "/_stcore/health"])
def test_the_page_itself_is_open(browser: Browser, path: str) -> None:
    assert browser.get(path).status == 200


def test_the_first_page_has_a_name_and_stays_on_this_host(browser: Browser) -> None:
    answer = browser.get("/uploads?job=3&next=//evil.example")

    assert (answer.status, answer.headers["location"]) == (307, "/?job=3&next=//evil.example")


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
    browser: Browser, sessions: Sessions, bucket: Bucket, job_id: int, name: str
) -> None:
    processing.process(sessions, bucket, job_id)
    assert browser.get(f"/downloads/{job_id}/{name}").status == 401

    browser.sign_in(sessions, add_account(sessions, "eve@example.com", "Eve", "X", "a hash"))

    assert browser.get(f"/downloads/{job_id}/{name}").status == 404
    assert browser.get(f"/downloads/{2**63}/{name}").status == 404
    assert browser.get(f"/downloads/x/{name}").status == 404


def test_those_with_whom_an_upload_is_shared_download_until_the_share_is_taken_back(
    browser: Browser, sessions: Sessions, bucket: Bucket, ana: Account, job_id: int
) -> None:
    processing.process(sessions, bucket, job_id)
    eve = add_account(sessions, "eve@example.com", "Eve", "X", "a hash")
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


@pytest.fixture
def eve(sessions: Sessions, ana: Account) -> Account:  # noqa: ARG001  (the first is an administrator)
    """Somebody who looks after nothing."""
    return add_account(sessions, "eve@example.com", "Eve", "X", "a hash")


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
