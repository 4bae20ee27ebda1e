"""Streamlit's own protocol, as the page of streamlit 1.67 speaks it.

The page is loaded over HTTP, then talks over one websocket: `BackMsg` there, `ForwardMsg` back, each one
frame of protobuf. Every message of a browser that matters to the server's work is sent; what a browser draws
is not drawn. One thing is left out: a browser keeps elements of more than 10 kB and tells the server which,
so that they are not sent again.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Common_pb2 import FileURLs, FileURLsRequest, FileURLsResponse
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.load import widgets
from benchmarks.load.page import EARLY, Page
from benchmarks.load.web import XSRF_COOKIE, Unanswered, Web

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds until a page counts as one that does not come."""
_LOADED_FIRST = ("/_stcore/health", "/_stcore/host-config")
_NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"  # noqa: S105  (what the page sends where there is none)


@dataclass(frozen=True)
class Refreshed:
    """A fragment that ran again by itself."""

    seconds: float | None
    """None where it did not come."""
    problems: list[str]


@dataclass
class Tab:
    """The dashboard, open in one tab. `on_refresh` hears of each fragment that refreshed itself."""

    web: Web
    on_refresh: Callable[[Refreshed], None]
    page: Page = field(default_factory=Page)
    _socket: ClientConnection | None = None
    _reading: asyncio.Task[None] | None = None
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _finished: asyncio.Future[None] | None = None
    _urls: asyncio.Future[FileURLsResponse] | None = None

    async def open(self) -> None:
        """Load the first page, as by its address. Raises Unanswered."""
        await self.close()
        self.page = Page()
        self._states.clear()
        for path in ("/", *_LOADED_FIRST):
            await self.web.get(path)
        protocols = ["streamlit", self.web.cookies.get(XSRF_COOKIE, _NO_TOKEN)]
        try:
            self._socket = await connect(
                f"ws://{self.web.host}/_stcore/stream",
                origin=self.web.address,  # type: ignore[arg-type]  # a NewType of str
                subprotocols=[Subprotocol(name) for name in protocols],
                additional_headers={"Cookie": self.web.cookie_header},
                max_size=None,
                open_timeout=PATIENCE,
            )
        except (OSError, WebSocketException, TimeoutError) as error:
            raise Unanswered(f"the page's connection: {error or type(error).__name__}") from error
        self._reading = asyncio.create_task(self._read(self._socket))
        await self.run()

    async def close(self) -> None:
        """Leave the page."""
        socket, reading = self._socket, self._reading
        self._socket = self._reading = None
        if socket is not None and reading is not None:
            await socket.close()
            await reading

    async def go(self, pathname: str) -> float:
        """Choose a page of the navigation; the seconds until it is there. Raises Unanswered."""
        self.page.script_hash, self.page.query = self.page.hashes[pathname], ""
        return await self.run()

    async def run(self, *changes: WidgetState) -> float:
        """Do something to widgets; the seconds until the page is there that comes of it. Raises Unanswered.

        A refresh that is under way is waited for, as part of these seconds.
        """
        return await self._rerun(changes)

    async def send_file(self, uploader_id: str, name: str, content: bytes) -> float:
        """Choose a file; the seconds until the page shows it. Raises Unanswered."""
        began = time.perf_counter()
        self._urls = asyncio.get_running_loop().create_future()
        request = FileURLsRequest(request_id=secrets.token_hex(8), file_names=[name])
        await self._send(BackMsg(file_urls_request=request))
        urls: FileURLs = (await self._awaited(self._urls)).file_urls[0]
        await self.web.put_file(urls.upload_url, name, content)
        await self._rerun([widgets.choose_files(uploader_id, [(name, len(content), urls)])])
        return time.perf_counter() - began

    async def _rerun(self, changes: Sequence[WidgetState], fragment: str = "") -> float:
        began = time.perf_counter()
        async with self._one_at_a_time:
            self._states.update({state.id: state for state in changes})
            self._finished = asyncio.get_running_loop().create_future()
            await self._send(BackMsg(rerun_script=self._client_state(fragment)))
            self._forget_clicks()
            await self._awaited(self._finished)
        return time.perf_counter() - began

    def _client_state(self, fragment: str) -> ClientState:
        return ClientState(
            query_string=self.page.query,
            page_script_hash=self.page.script_hash,
            widget_states=WidgetStates(widgets=self._states.values()),
            fragment_id=fragment,
            is_auto_rerun=bool(fragment),
            context_info=ContextInfo(
                timezone="Europe/Berlin", timezone_offset=-60, locale="en-GB", url=f"{self.web.address}/"
            ),
        )

    def _forget_clicks(self) -> None:
        self._states = {
            name: state for name, state in self._states.items() if not widgets.is_momentary(state)
        }

    async def _send(self, message: BackMsg) -> None:
        if self._socket is None:
            raise Unanswered("the page is not open")
        try:
            await self._socket.send(message.SerializeToString())
        except (OSError, WebSocketException) as error:
            raise Unanswered(f"the page's connection: {error}") from error

    async def _awaited(self, answer: "asyncio.Future[T]") -> T:
        try:
            return await asyncio.wait_for(answer, PATIENCE)
        except TimeoutError:
            raise Unanswered(f"no page within {PATIENCE:.0f} s") from None

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for frame in socket:
                assert isinstance(frame, bytes)
                self._take(ForwardMsg.FromString(frame))
            reason = f"the server ended the page's connection ({socket.close_code})"
        except (OSError, WebSocketException) as error:
            reason = f"the page's connection: {error}"
        self._stop_timers()
        for waiting in (self._finished, self._urls):
            if waiting is not None and not waiting.done():
                waiting.set_exception(Unanswered(reason))

    def _take(self, message: ForwardMsg) -> None:
        self.page.take(message)
        match message.WhichOneof("type"):
            case "new_session" if not message.metadata.run.fragment_ids:
                self._stop_timers()  # those that go on are asked for again
            case "auto_rerun":
                self._refresh_every(message.auto_rerun.interval, message.auto_rerun.fragment_id)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._stop_timer(fragment)
            case "file_urls_response":
                _answer(self._urls, message.file_urls_response)
            case "script_finished" if message.script_finished != EARLY:
                there = self.page.is_there
                self._states = {name: state for name, state in self._states.items() if there(name)}
                _answer(self._finished, None)

    def _refresh_every(self, seconds: float, fragment: str) -> None:
        self._stop_timer(fragment)
        self._timers[fragment] = asyncio.create_task(self._refresh(seconds, fragment))

    async def _refresh(self, seconds: float, fragment: str) -> None:
        while True:
            await asyncio.sleep(seconds)
            # Not to be given up half-way when the run that it asks for ends the refreshing.
            asked = asyncio.ensure_future(self._refreshed(fragment))
            await asyncio.shield(asked)

    async def _refreshed(self, fragment: str) -> None:
        try:
            took = await self._rerun([], fragment)
        except Unanswered as error:
            if self._socket is not None:  # else the page was left meanwhile
                self.on_refresh(Refreshed(None, [str(error)]))
        else:
            self.on_refresh(Refreshed(took, self.page.problems()))

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)

    def _stop_timer(self, fragment: str) -> None:
        if timer := self._timers.pop(fragment, None):
            timer.cancel()


def _answer(waiting: "asyncio.Future[T] | None", answer: T) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(answer)
