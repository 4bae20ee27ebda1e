"""Whose an open page is, with its files: asked of the dashboard as it runs, over its socket."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3
from anyio import to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from streamlit import config, runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from dashboard.door import belongings
from dashboard.door.sizes import UPLOADS
from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions
from ingestion import sessions as web_sessions
from ingestion.rules.permissions import Role
from local.aws import answers
from local.ports import free_port
from tests.accounts import add_account
from tests.asgi import asked
from tests.conftest import ROOT
from tests.dashboard.served import Everybodys
from tests.outages import until
from tests.sign_ins import token_of

SIGN_IN = "Sign in"
XSRF_COOKIE = "_streamlit_xsrf"


@pytest.fixture(scope="module")
def address(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the dashboard is, by its own start, over the tests' database."""
    port = free_port()
    with (tmp_path_factory.mktemp("door") / "dashboard.log").open("wb") as log:
        dashboard = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", "dashboard/asgi.py"),
                *("--server.address", "127.0.0.1", "--server.port", str(port)),
            ],
            cwd=ROOT,
            env={**environment, "MAX_UPLOAD_MB": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    until(lambda: answers(f"{address}/healthz"))
    yield address
    dashboard.terminate()
    dashboard.wait(30)


@dataclass
class Page:
    """A page in somebody's browser: its socket, and Streamlit's id for it."""

    socket: ClientConnection
    id: str = ""
    shown: str = ""
    """The messages that it was made of, as text."""

    def run(self) -> "Page":
        """Have the page drawn, as its browser asks."""
        self._send(BackMsg(rerun_script=ClientState()))
        self.shown = ""
        while True:
            message = ForwardMsg.FromString(self.socket.recv(timeout=20, decode=False))
            self.shown += str(message)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.id = message.new_session.initialize.session_id
            if kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return self

    def place_for_a_file(self) -> str:
        """The path to which the page would have a file sent."""
        self._send(BackMsg(file_urls_request=FileURLsRequest(request_id="1", file_names=["a.csv"])))
        while True:
            message = ForwardMsg.FromString(self.socket.recv(timeout=20, decode=False))
            if message.WhichOneof("type") == "file_urls_response":
                return str(message.file_urls_response.file_urls[0].upload_url)

    def _send(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())


class Person:
    """A browser: its cookies, and what it sends."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        self.token = token
        self._pool = urllib3.PoolManager(retries=False)
        self._open = ExitStack()
        given = self._pool.request("GET", f"{address}/_stcore/health").headers["set-cookie"]
        self.xsrf = given.partition("=")[2].partition(";")[0]

    @property
    def cookies(self) -> str:
        session = f"; {SESSION_COOKIE}={self.token}" if self.token else ""
        return f"{XSRF_COOKIE}={self.xsrf}{session}"

    def page(self, known_id: str | None = None, **headers: str) -> Page:
        """Open a page, or find one again by the id that the browser knows."""
        spoken = ["streamlit", self.xsrf, *([known_id] if known_id else [])]
        connecting = connect(
            f"{self.address.replace('http', 'ws')}/_stcore/stream",
            origin=Origin(self.address),
            subprotocols=[Subprotocol(word) for word in spoken],
            additional_headers={"cookie": self.cookies} | headers,
            max_size=None,
            open_timeout=20,
        )
        return Page(self._open.enter_context(connecting)).run()

    def ask(self, method: str, path: str, content: bytes | None = None) -> int:
        """The status of an answer; `content` goes as a file."""
        headers = {"cookie": self.cookies, "origin": self.address, "x-xsrftoken": self.xsrf}
        fields = None if content is None else {"file": ("a.csv", content, "text/csv")}
        return self._pool.request(method, f"{self.address}{path}", fields=fields, headers=headers).status

    def leave(self) -> None:
        self._open.close()
        self._pool.clear()


@dataclass
class People:
    """Two who are signed in, and one who is not."""

    ana: Person
    eve: Person
    visitor: Person


@pytest.fixture
def people(address: str, sessions: Sessions) -> Iterator[People]:
    def signed_in(email: str) -> Person:
        add_account(sessions, email, "A", "B", "a hash")
        return Person(address, token_of(sessions, email))

    people = People(signed_in("ana@example.com"), signed_in("eve@example.com"), Person(address))
    yield people
    for person in (people.ana, people.eve, people.visitor):
        person.leave()


def test_a_file_is_sent_to_ones_own_page_only(people: People) -> None:
    place = people.ana.page().place_for_a_file()
    body = b"email\n"

    assert people.visitor.ask("PUT", place, body) == 401
    assert people.eve.ask("PUT", place, body) == 404
    assert people.ana.ask("PUT", place, body) == 204
    assert people.visitor.ask("DELETE", place) == 401
    assert people.eve.ask("DELETE", place) == 404
    assert people.ana.ask("DELETE", place) == 204


def test_a_page_takes_so_many_files_until_some_are_removed(people: People) -> None:
    page = people.ana.page()
    places = [page.place_for_a_file() for _ in range(51)]

    assert {people.ana.ask("PUT", place, b"email\n") for place in places[:50]} == {204}
    assert people.ana.ask("PUT", places[50], b"email\n") == 413
    assert people.ana.ask("PUT", people.ana.page().place_for_a_file(), b"email\n") == 204, "another page"
    assert people.ana.ask("DELETE", places[0]) == 204
    assert people.ana.ask("PUT", places[50], b"email\n") == 204


@pytest.mark.usefixtures("people")
def test_a_page_of_somebody_who_may_not_upload_takes_no_file(address: str, sessions: Sessions) -> None:
    add_account(sessions, "rex@example.com", "A", "B", "a hash", Role.REVIEWER)
    rex = Person(address, token_of(sessions, "rex@example.com"))
    place = rex.page().place_for_a_file()

    assert rex.ask("PUT", place, b"email\n") == 403
    assert rex.ask("DELETE", place) == 204
    rex.leave()


def test_a_visitors_page_takes_no_file(people: People) -> None:
    place = people.visitor.page().place_for_a_file()

    assert people.visitor.ask("PUT", place, b"email\n") == 401
    assert people.ana.ask("PUT", place, b"email\n") == 404


def test_a_file_is_bounded_as_it_comes(people: People, address: str) -> None:
    place = people.ana.page().place_for_a_file()

    def of_no_announced_length() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n\r\n'
        for _ in range(8):
            yield b"a" * 1024 * 1024

    headers = {"cookie": people.ana.cookies, "origin": address, "x-xsrftoken": people.ana.xsrf}
    headers["content-type"] = "multipart/form-data; boundary=x"
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("PUT", f"{address}{place}", body=of_no_announced_length(), headers=headers)

    assert answer.status == 413


def test_a_pages_id_is_worth_nothing_without_its_cookie(people: People) -> None:
    page = people.ana.page()
    assert SIGN_IN not in page.shown

    for thief in (people.visitor, people.eve):
        stolen = thief.page(page.id)
        assert stolen.id != page.id
        assert (SIGN_IN in stolen.shown) == (thief is people.visitor)
        forged = thief.page(page.id, **{"X-Page-Of": "anything"})
        assert forged.id != page.id
    assert page.run().id == page.id, "her own page was ended by the attempts"


def test_an_interrupted_page_is_found_again_by_whose_it_is(people: People) -> None:
    page = people.ana.page()
    page.socket.close()

    assert people.ana.page(page.id).id == page.id


def test_a_page_is_not_found_again_after_signing_out(people: People, sessions: Sessions) -> None:
    page = people.ana.page()
    page.socket.close()
    web_sessions.sign_out(sessions, people.ana.token or "")
    people.ana.token = None

    again = people.ana.page(page.id)

    assert again.id != page.id
    assert SIGN_IN in again.shown


def test_a_visitors_page_is_not_found_again(people: People, address: str) -> None:
    page = people.visitor.page()
    page.socket.close()
    another = Person(address)

    assert another.page(page.id).id != page.id
    another.leave()


def test_an_open_page_asks_to_sign_in_once_its_session_was_ended_elsewhere(
    people: People, sessions: Sessions
) -> None:
    page = people.ana.page()
    place = page.place_for_a_file()
    web_sessions.sign_out(sessions, people.ana.token or "")

    assert SIGN_IN in page.run().shown
    assert people.ana.ask("PUT", place, b"email\n") == 401


def test_a_page_does_not_take_messages_without_end(people: People) -> None:
    page = people.visitor.page()

    def send_and_wait() -> None:  # the end may come while there is still something to send
        page.socket.send(b"a" * 9_000_000)
        page.socket.recv(timeout=20)

    with pytest.raises(ConnectionClosedError):
        send_and_wait()


def test_no_answer_names_the_servers_software(address: str) -> None:
    with urllib3.PoolManager() as pool:
        for path in ("/", "/healthz", "/nowhere/at/all"):
            assert "server" not in pool.request("GET", f"{address}{path}").headers


def sent_at_once(sessions: Sessions, held: list[int], coming: list[int]) -> list[int]:
    """The statuses of files of these sizes, the last one's first: each comes before the last is there."""
    headers = {"host": "localhost", "cookie": f"{SESSION_COOKIE}={token_of(sessions, 'ana@example.com')}"}
    waiting, answered = [*coming], list[int]()

    async def take(scope: Scope, receive: Receive, send: Send) -> None:
        if waiting:  # the next one comes before this one is there
            await to_thread.run_sync(put, waiting.pop(0))
        await Response(status_code=204)(scope, receive, send)

    door = belongings.Belongings(take, sessions, lambda _: [Everybodys()], lambda _: held)

    def put(size: int) -> None:
        path = f"{UPLOADS}a/b"
        answered.append(asked(door, path, "PUT", headers={**headers, "content-length": str(size)}).status)

    put(waiting.pop(0))
    return answered


def test_a_page_takes_so_many_bytes_with_those_that_are_coming(sessions: Sessions) -> None:
    add_account(sessions, "ana@example.com", "A", "B", "a hash")
    most = max(2 * config.get_option("server.maxUploadSize"), 200) * 1024 * 1024

    assert sent_at_once(sessions, [most - 10], [10]) == [204]
    assert sent_at_once(sessions, [most - 10], [11]) == [413]
    assert sent_at_once(sessions, [most - 10], [5, 5]) == [204, 204]
    assert sent_at_once(sessions, [most - 10], [5, 6]) == [413, 204]
    assert sent_at_once(sessions, [], [most + 1]) == [413]


class Streamlits:
    """Streamlit's own books about the files that pages show, with two pages open."""

    def __init__(self, folder: Path) -> None:
        self.media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/media"))
        self._picture = folder / "a.png"
        self._picture.write_bytes(b"a picture")

    def show(self, monkeypatch: pytest.MonkeyPatch, page: str) -> str:
        """Its address, once the page shows it."""
        monkeypatch.setattr("streamlit.runtime.media_file_manager._get_session_id", lambda: page)
        return self.media_file_mgr.add(str(self._picture), "image/png", "its place")

    def get_app_session(self, page: str) -> str | None:
        return page if page in ("one", "two") else None


def test_a_picture_belongs_to_the_pages_that_show_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    streamlits = Streamlits(tmp_path)
    monkeypatch.setattr(runtime, "get_instance", lambda: streamlits)

    path = streamlits.show(monkeypatch, "one")
    assert [*map(str, belongings.pages_of(path))] == ["one"]
    streamlits.show(monkeypatch, "two")
    streamlits.show(monkeypatch, "left")
    assert [*map(str, belongings.pages_of(path))] == ["one", "two"]
    streamlits.media_file_mgr.clear_session_refs("one")
    assert [*map(str, belongings.pages_of(path))] == ["two"]
    assert [*map(str, belongings.pages_of("/media/another.png"))] == []
