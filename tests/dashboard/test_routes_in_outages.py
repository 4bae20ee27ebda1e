"""The routes beside the pages while the database, the file store or the queue does not answer."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import urllib3

from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions, make_engine, make_sessions
from ingestion import processing
from ingestion.accounts import Account
from ingestion.health import Part
from ingestion.settings import Settings
from ingestion.storage import Bucket
from ingestion.watch import Watch
from tests.conftest import Submit
from tests.dashboard.served import Browser, served
from tests.outages import proxy_to, through, until, watch_over
from tests.proxy import Proxy
from tests.sign_ins import ticket_of

CLEAN = b"email,first_name\nana@x.com,Ana\n"
FILE = {"name": "large.csv", "size": 6, "fingerprint": "0123456789abcdef", "modified": 1_764_000_000_123}


@dataclass
class Server:
    """The routes, with everything behind a proxy, and somebody who is signed in."""

    database: Proxy
    aws: Proxy
    watch: Watch
    browser: Browser
    ana: Account

    def direct(self, path: str) -> urllib3.BaseHTTPResponse:
        """Ask as the script does that sends large files."""
        headers = {"origin": self.browser.origin, "cookie": f"{SESSION_COOKIE}={self.browser.token}"}
        with urllib3.PoolManager(retries=False) as pool:
            return pool.request(
                "POST", f"{self.browser.origin}/direct-uploads{path}", json=FILE, headers=headers
            )


@pytest.fixture
def server(settings: Settings, sessions: Sessions, ana: Account) -> Iterator[Server]:
    assert settings.aws_endpoint_url
    with proxy_to(settings.database_url) as database, proxy_to(settings.aws_endpoint_url) as aws:
        behind = settings.model_copy(update={"aws_endpoint_url": through(aws, settings.aws_endpoint_url)})
        distant = make_sessions(make_engine(through(database, settings.database_url)))
        with watch_over(behind, distant) as watch, served(behind, distant, watch) as host:
            browser = Browser(host)
            browser.sign_in(sessions, ana)
            yield Server(database, aws, watch, browser, ana)
            browser.close()
        distant.kw["bind"].dispose()


@pytest.mark.parametrize("path", ["/downloads/1/contacts.csv", "/downloads/1/summary.html", "/media/a.csv"])
def test_what_needs_the_database_asks_to_come_back_later(server: Server, path: str) -> None:
    server.database.refuse()
    answer = server.browser.get(path)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.data.decode().startswith("The database did not answer.")

    server.database.pass_on()
    assert server.browser.get(path).status in {200, 404}


def test_a_session_outlives_a_sign_out_that_came_to_nothing(server: Server) -> None:
    server.database.refuse()
    assert server.browser.post("/auth/sign-out").status == 503
    assert server.browser.token

    server.database.pass_on()
    assert server.browser.get("/media/a.csv").status == 200
    assert server.browser.post("/auth/sign-out").status == 204


def test_a_ticket_is_good_for_another_try(server: Server, sessions: Sessions) -> None:
    ticket = ticket_of(sessions, server.ana.email)
    server.database.refuse()
    assert server.browser.exchange(ticket).status == 503

    server.database.pass_on()
    assert server.browser.exchange(ticket).status == 204


def test_a_large_upload_is_told_in_its_own_form(server: Server) -> None:
    server.database.refuse()
    answer = server.direct("")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["message"].startswith("The database did not answer.")
    server.database.pass_on()

    server.aws.refuse()
    answer = server.direct("")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["message"].startswith("The file store does not answer.")
    server.aws.pass_on()

    assert server.direct("").status == 200


def test_health_is_503_for_the_database_only_and_names_all(server: Server) -> None:
    assert server.browser.get("/healthz").json() == {"status": "ok"}

    server.aws.refuse()
    until(lambda: len(server.watch.down()) == 2)
    answer = server.browser.get("/healthz")
    assert answer.status == 200
    assert answer.json() == {"status": "degraded", "unavailable": ["file store", "queue"]}

    server.database.refuse()
    until(lambda: server.watch.since(Part.DATABASE))
    answer = server.browser.get("/healthz")
    assert answer.status == 503
    assert answer.json() == {"status": "unavailable", "unavailable": ["database", "file store", "queue"]}


def test_a_process_is_alive_in_an_outage_but_not_before_it_reached_the_database(
    server: Server, settings: Settings
) -> None:
    assert server.browser.get("/livez").json() == {"status": "alive"}
    server.database.refuse()
    until(lambda: server.watch.since(Part.DATABASE))
    assert server.browser.get("/healthz").status == 503
    assert server.browser.get("/livez").status == 200

    distant = make_sessions(make_engine(through(server.database, settings.database_url)))
    with watch_over(settings, distant) as watch, served(settings, distant, watch) as host:
        young = Browser(host)
        answer = young.get("/livez")
        assert (answer.status, answer.json()["unavailable"]) == (503, ["database"])
        server.database.pass_on()
        until(lambda: young.get("/livez").status == 200)
        young.close()
    distant.kw["bind"].dispose()


def test_a_download_during_which_the_database_goes_away_is_none_rather_than_a_part(
    server: Server, submit: Submit, sessions: Sessions, bucket: Bucket
) -> None:
    rows = b"".join(b"p%d@x.com,%s\n" % (number, b"n" * 400) for number in range(6_000))
    job_id = submit(b"email,first_name\n" + rows, owner=server.ana.id)
    processing.process(sessions, bucket, job_id)
    path = f"/downloads/{job_id}/contacts.csv"
    whole = server.browser.get(path)
    assert (whole.status, whole.data.count(b"\n")) == (200, 6_001)

    server.database.cut_after(500_000)
    assert server.browser.get(path).status == 503
    assert server.browser.get(path).data == whole.data
