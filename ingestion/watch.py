"""What does not answer at the moment, known without asking it."""

import datetime as dt
import threading
from collections.abc import Mapping

from ingestion.errors import Unavailable
from ingestion.health import Look, Part
from ingestion.telemetry import tracebacks
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_EVERY_SECONDS = 3.0
_WHILE_DOWN_SECONDS = 1.0
"""People wait for it then."""
_FIRST_SECONDS = 1.5


class Watch:
    """Looks at every part in the background, every few seconds; to ask it costs a page nothing.

    Looking begins with the first question, which waits for the first answers, 1.5 s at most; until there is
    one, a part counts as answering.
    """

    def __init__(self, looks: Mapping[Part, Look], *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._watched = {part: _Watched(part, look, every_seconds) for part, look in looks.items()}

    def down(self) -> dict[Part, dt.datetime]:
        """What does not answer, and since when, in UTC."""
        return {part: since for part in self._watched if (since := self.since(part))}

    def since(self, part: Part) -> dt.datetime | None:
        """Since when a part does not answer, in UTC; None while it does."""
        watched = self._watched.get(part)
        return watched.since if watched else None

    def has_answered(self, part: Part) -> bool:
        """Whether a part answered at any time since this process began to look."""
        watched = self._watched.get(part)
        return watched is not None and watched.has_answered

    def report(self, part: Part) -> None:
        """Somebody found that it does not answer. So it is until a look, which comes at once, disagrees."""
        if watched := self._watched.get(part):
            watched.report()

    def close(self) -> None:
        """Look no more."""
        for watched in self._watched.values():
            watched.close()


class _Watched:
    """One part, with a thread of its own: one that hangs keeps no other from being looked at."""

    def __init__(self, part: Part, look: Look, every_seconds: float) -> None:
        self._part = part
        self._look = look
        self._every_seconds = every_seconds
        self._since: dt.datetime | None = None
        self._has_answered = False
        self._reports = 0
        self._lock = threading.Lock()
        self._is_known = threading.Event()
        self._is_due = threading.Event()
        self._is_over = False
        self._thread: threading.Thread | None = None

    @property
    def since(self) -> dt.datetime | None:
        self._begin()
        self._is_known.wait(_FIRST_SECONDS)
        with self._lock:
            return self._since

    @property
    def has_answered(self) -> bool:
        self._begin()
        self._is_known.wait(_FIRST_SECONDS)
        return self._has_answered

    def report(self) -> None:
        self._begin()
        with self._lock:
            if self._since is None:
                self._since = dt.datetime.now(dt.UTC)
                self._reports += 1
                self._is_due.set()
        self._is_known.set()

    def close(self) -> None:
        self._is_over = True
        self._is_due.set()
        if self._thread is not None:
            self._thread.join()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                name = f"watch {self._part}"
                self._thread = threading.Thread(target=self._watch, name=name, daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        while not self._is_over:
            self._is_due.clear()
            reports = self._reports
            try:
                self._look()
            except Unavailable as error:
                self._failed(error)
            except Exception:  # a look that is broken itself must not end the watch, nor close the pages
                logger.exception("look_failed", part=str(self._part))
            else:
                self._answered(reports)
            self._is_known.set()
            pause = self._every_seconds
            self._is_due.wait(pause if self._since is None else min(pause, _WHILE_DOWN_SECONDS))

    def _failed(self, error: Unavailable) -> None:
        with self._lock:
            if self._since is None:
                self._since = dt.datetime.now(dt.UTC)
                why = tracebacks.summary_of(error.__cause__ or error)
                logger.warning("part_down", part=str(self._part), error=why)

    def _answered(self, reports: int) -> None:
        self._has_answered = True
        with self._lock:
            # What was reported while this look was under way is for the next one to answer.
            if self._since is not None and reports == self._reports:
                seconds = (dt.datetime.now(dt.UTC) - self._since).total_seconds()
                logger.warning("part_answers_again", part=str(self._part), seconds=round(seconds, 1))
                self._since = None
