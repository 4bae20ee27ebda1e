"""All operators together, and one measurement of their work."""

import asyncio
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks.load.measuring import Seen, Summary, summed_up
from benchmarks.load.operator import Habits, Operator
from benchmarks.load.page import Missing
from benchmarks.load.product import Product
from benchmarks.load.queue import Queue
from benchmarks.load.turns import Turns
from benchmarks.load.watching import DASHBOARD, Part, Watch
from benchmarks.load.web import Unanswered

_ARRIVING = 12
"""Operators who register at the same time: a password costs a third of a second of processor time."""
_ANSWERS_AT_ONCE = 64
"""Files and downloads under way: a slow one holds up no other."""


class CannotBegin(Exception):
    """An operator could not sign in or prepare; the message says why."""


@dataclass(frozen=True)
class Result:
    """One measurement."""

    sessions: int
    uploads_a_minute: float
    seconds: float
    pages: dict[str, Summary]
    all_pages: Summary | None
    refreshes: Summary | None
    downloads: Summary | None
    sent: int
    settled: Summary | None
    """From the click on Upload until the page said that the list was read. It looks every three seconds."""
    errors: dict[str, int]
    parts: dict[str, Part]
    machine: float
    """Processors that were busy, with this or with anything else."""
    queue: Queue | None
    """None where the product's database is not known."""

    @property
    def dashboard_seconds_a_page(self) -> float | None:
        """Processor time of the dashboard for each page, everything else that it does included.

        Unlike the time that a page takes it does not depend on what else the machine does.
        """
        dashboard = self.parts.get(DASHBOARD)
        if dashboard is None or self.all_pages is None:
            return None
        return dashboard.processors * self.seconds / self.all_pages.count


@dataclass
class Crew:
    """Operators who are signed in to one product. Use it in one event loop, and `leave` in the end."""

    product: Product
    habits: Habits
    operators: list[Operator] = field(default_factory=list)
    _visit: str = field(default_factory=lambda: secrets.token_hex(4))
    """So that no e-mail address is registered twice with a product that goes on."""

    async def grow(self, sessions: int) -> None:
        """Have more operators arrive until there are so many. Raises CannotBegin."""
        if not self.operators:
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_ANSWERS_AT_ONCE))
        at_once = asyncio.Semaphore(_ARRIVING)
        newcomers = [
            Operator(number, f"load-{self._visit}-{number}@example.com", self.habits)
            for number in range(len(self.operators), sessions)
        ]
        self.operators += newcomers

        async def arrive(operator: Operator) -> None:
            async with at_once:
                await operator.arrive(self.product.address)

        try:
            await asyncio.gather(*(arrive(operator) for operator in newcomers))
        except (Unanswered, Missing) as error:
            raise CannotBegin(f"An operator could not begin. {error}") from error

    async def measured(self, seconds: float, uploads_a_minute: float) -> Result:
        """All work for so long, after a warm-up; what came of it."""
        begins = time.monotonic() + self.habits.warm_up
        seen, watch, turns = Seen(begins), Watch(self.product.launcher), Turns(uploads_a_minute, begins)
        working = asyncio.gather(*(one.work(begins + seconds, turns, seen) for one in self.operators))
        await asyncio.wait([working], timeout=self.habits.warm_up)
        with watch.watching():
            await working
        took = time.monotonic() - begins
        return Result(
            sessions=len(self.operators),
            uploads_a_minute=uploads_a_minute,
            seconds=took,
            pages={kind: summary for kind, of in seen.pages.items() if (summary := summed_up(of))},
            all_pages=seen.all_pages,
            refreshes=summed_up(seen.refreshes),
            downloads=summed_up(seen.downloads),
            sent=seen.sent,
            settled=summed_up(seen.settled),
            errors=dict(seen.errors),
            parts=watch.parts(took),
            machine=watch.machine,
            queue=watch.queue,
        )

    async def leave(self) -> None:
        """All close their tabs."""
        await asyncio.gather(*(operator.leave() for operator in self.operators))
