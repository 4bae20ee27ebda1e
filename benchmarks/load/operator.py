"""One operator's day, over and over: upload, look, settle some issues, see what became of the rows, download.

Between two actions the operator thinks, for a time drawn evenly from half to one and a half of the mean.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.load import lists
from benchmarks.load.measuring import Seen
from benchmarks.load.page import Missing
from benchmarks.load.protocol import Refreshed, Tab
from benchmarks.load.sign_in import registered
from benchmarks.load.turns import Turns
from benchmarks.load.web import Unanswered
from benchmarks.load.widgets import choose_cell, click

SETTLED = ("Needs review", "Completed", "Failed")
DECISIONS = 6
"""In a row on the review page."""
_ANSWERS = ("Keep row", "Use ", "Keep it blank", "Accept as shown", "Leave ")
_HURRIED = 0.2
"""Mean seconds of thought before anything is measured."""
_PATIENCE = 120.0
"""Seconds for an upload to be read."""


class Over(Exception):
    """The time of the measurement is up."""


@dataclass(frozen=True)
class Habits:
    """How operators work."""

    rows: int = 1_000
    """Of each list."""
    think: float = 6.0
    """Mean seconds between the page and the next action."""
    seed: int = 1

    @property
    def warm_up(self) -> float:
        """Seconds in which operators begin and nothing is measured yet."""
        return 5 * self.think


@dataclass
class Operator:
    """Somebody who works with the dashboard. `number` tells operators apart."""

    number: int
    email: str
    habits: Habits
    turns: Turns = field(default_factory=Turns)
    seen: Seen = field(default_factory=Seen)
    until: float = 0.0
    """When the measurement ends (time.monotonic)."""
    _tab: Tab | None = None
    _lists: int = 0
    _mean: float = 0.0
    _has_turn: bool = False
    """Whether the next upload is this operator's to make."""
    _doing: str = "uploads"
    """The kind of page that was asked for last."""

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.habits.seed} {self.number}")

    async def arrive(self, address: str) -> None:
        """Register, and upload a list to review and one that is completed by itself.

        Raises Unanswered, Missing.
        """
        self._tab = await registered(address, self.email, self._refreshed)
        self.until = time.monotonic() + 3 * _PATIENCE
        self._mean = _HURRIED
        for has_issues in (False, True):
            await self._send_list(has_issues=has_issues)
            await self._settled(time.monotonic())

    async def work(self, until: float, turns: Turns, seen: Seen) -> None:
        """Work until then, from some moment of the warm-up on, so that not all do the same at once.

        What fails is noted, and the page loaded again, as people do.
        """
        self.until, self.turns, self.seen, self._mean = until, turns, seen, self.habits.think
        await asyncio.sleep(self._chance.uniform(0, self.habits.warm_up))
        while True:
            try:
                await self._round()
            except Over:
                return
            except (Unanswered, Missing) as error:
                self.seen.failed(self._doing, str(error))
                await self._open_again()

    async def leave(self) -> None:
        """Close the tab."""
        if self._tab is not None:
            await self._tab.close()

    @property
    def tab(self) -> Tab:
        """The dashboard. Only after `arrive`."""
        assert self._tab is not None
        return self._tab

    async def _round(self) -> None:
        await self._visit_uploads()
        if await self._open("Needs review", "Review"):
            await self._settle_some()
            if self._has_turn:
                return  # to the uploads
            await self._see("outcome", click(self.tab.page.button("Outcome").id))
        await self._visit_uploads()
        if await self._open("Completed", "Look at the contacts"):
            await self._download()

    async def _visit_uploads(self) -> None:
        await self._page("uploads", lambda: self.tab.go(""))
        if self._takes_turn():
            self._has_turn = False
            await self._upload()

    def _takes_turn(self) -> bool:
        self._has_turn = self._has_turn or self.turns.take()
        return self._has_turn

    async def _upload(self) -> None:
        clicked = await self._send_list(has_issues=bool(self._lists % 2))
        self.seen.sent += 1
        await self._settled(clicked)
        self.seen.settled.append(time.monotonic() - clicked)

    async def _send_list(self, *, has_issues: bool) -> float:
        """Choose a list and upload it; when that was clicked (time.monotonic)."""
        self._lists += 1
        make = lists.with_issues if has_issues else lists.without_issues
        seed = self.habits.seed * 1_000_000 + self.number * 1_000 + self._lists
        content = make(self.habits.rows, seed)
        uploader = self.tab.page.only("file_uploader")
        name = self._name()
        await self._page("file chosen", lambda: self.tab.send_file(uploader.id, name, content))
        button = self.tab.page.button("Upload 1 file")
        await self._think()
        clicked = time.monotonic()
        self._doing = "upload sent"
        self.seen.page(self._doing, await self.tab.run(click(button.id)), self.tab.page.problems())
        return clicked

    def _name(self) -> str:
        return f"list-{self.number}-{self._lists}.csv"

    async def _settled(self, clicked: float) -> None:
        """Wait until the page, which refreshes itself, says that the newest upload was read."""
        while True:
            status = self._status_of_newest()
            if status == "Failed":
                raise Unanswered(f"{self._name()} failed")
            if status in SETTLED:
                return
            if time.monotonic() - clicked > _PATIENCE:
                raise Unanswered(f"{self._name()} is not read after {_PATIENCE:.0f} s")
            await asyncio.sleep(0.1)

    def _status_of_newest(self) -> str | None:
        """Of the list that was sent last; None until the page shows it."""
        try:
            _, names = self.tab.page.column("File")
            _, statuses = self.tab.page.column("Status")
        except Missing:  # the page still shows what was chosen
            return None
        return str(statuses[0][0]) if names[:1] == [self._name()] else None

    async def _open(self, status: str, button: str) -> bool:
        """Open the newest upload in a status and go on from there; False where there is nothing to do."""
        page = self.tab.page
        table, statuses = page.column("Status")
        rows = [row for row, value in enumerate(statuses) if value == [status]]
        if not rows:
            return False
        await self._see("upload", choose_cell(table, rows[0], "File"))
        if finalize := page.buttons("Finalize"):  # every issue of it is settled
            await self._see("finalize", click(finalize[0].id))
            return False
        kind = "review" if button == "Review" else "contacts"
        await self._see(kind, click(page.button(button).id))
        return True

    async def _settle_some(self) -> None:
        for _ in range(DECISIONS):
            answers = self.tab.page.buttons(*_ANSWERS)
            if not answers or self._takes_turn():
                return
            await self._see("decision", click(answers[0].id))

    async def _download(self) -> None:
        await self._think()
        address = next(
            link.url for link in self.tab.page.elements("link_button") if link.url.endswith(".csv")
        )
        self._doing, began = "download", time.perf_counter()
        await self.tab.web.get(address)
        self.seen.download(time.perf_counter() - began)

    async def _see(self, kind: str, action: WidgetState) -> None:
        await self._page(kind, lambda: self.tab.run(action))

    async def _page(self, kind: str, act: Callable[[], Awaitable[float]]) -> None:
        await self._think()
        self._doing = kind
        self.seen.page(kind, await act(), self.tab.page.problems())

    async def _open_again(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.5, 1.5))
        try:
            await self.tab.open()
        except Unanswered as error:
            self.seen.failed("opening", str(error))

    async def _think(self) -> None:
        """Let time pass. Raises Over."""
        seconds = self._mean * self._chance.uniform(0.5, 1.5)
        if time.monotonic() + seconds >= self.until:
            await asyncio.sleep(max(self.until - time.monotonic(), 0))
            raise Over
        await asyncio.sleep(seconds)

    def _refreshed(self, refreshed: Refreshed) -> None:
        self.seen.refresh(refreshed.seconds, refreshed.problems)
