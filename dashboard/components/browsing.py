"""What one person looks at in the queue of one upload, and the way through it."""

from dataclasses import dataclass, field

import streamlit as st

from ingestion import review
from ingestion.review import IssueSummary, Position


@dataclass
class Queue:
    """What one person looks at in one upload."""

    current: int | None = None
    """The issue on screen."""
    cursors: list[Position] = field(default_factory=list)
    filter: tuple[object, ...] = ()
    generation: int = 0
    """Raised when the issue on screen changes other than by a click in the table."""
    came_after: Position | None = None
    """Of the issue that was settled last: the next one to show stands after it."""
    from_end: bool = False
    """Whether a page that comes up shows its last issue first."""

    def restart(self) -> None:
        """Begin at the first page."""
        self.cursors.clear()
        self.came_after = None
        self.show_issue(None)

    def show_issue(self, issue_id: int | None) -> None:
        """Put an issue on screen; None: one of the page."""
        self.current = issue_id
        self.generation += 1

    def settled(self, found: list[IssueSummary]) -> None:
        """Show what stands after the issue on screen, which was settled, and maybe others with it."""
        at = self._place(found)
        self.came_after = found[at].position if at >= 0 else None
        self.show_issue(None)

    def choose(self, found: list[IssueSummary]) -> None:
        """Put an issue of the page on screen, if none is."""
        if self.current is not None or not found:
            return
        after = self.came_after
        later = [issue for issue in found if after is not None and issue.position > after]
        self.show_issue((later or found)[-1 if self.from_end else 0].id)
        self.came_after, self.from_end = None, False

    def turn(self, after: Position | None, *, from_end: bool = False) -> None:
        """Go to the page after a position; None: the page before."""
        if after is None:
            self.cursors.pop()
        else:
            self.cursors.append(after)
        self.from_end = from_end
        self.show_issue(None)

    def go_on(self, found: list[IssueSummary]) -> None:
        """Show the issue after the one on screen, of the page or of the next."""
        at = self._place(found)
        if at + 1 < len(found):
            self.show_issue(found[at + 1].id)
        elif is_full(found):
            self.turn(found[-1].position)

    def go_back(self, found: list[IssueSummary]) -> None:
        """Show the issue before the one on screen, of the page or of the one before."""
        at = self._place(found)
        if at > 0:
            self.show_issue(found[at - 1].id)
        elif self.cursors:
            self.turn(None, from_end=True)

    def is_first(self, found: list[IssueSummary]) -> bool:
        """Whether nothing stands before the issue on screen."""
        return self._place(found) <= 0 and not self.cursors

    def is_last(self, found: list[IssueSummary]) -> bool:
        """Whether nothing stands after the issue on screen."""
        return self._place(found) + 1 >= len(found) and not is_full(found)

    def _place(self, found: list[IssueSummary]) -> int:
        """Where on the page the issue on screen stands; -1 when it does not."""
        return next((at for at, issue in enumerate(found) if issue.id == self.current), -1)


def queue_of(job_id: int) -> Queue:
    """This browser session's queue for an upload."""
    queue: Queue = st.session_state.setdefault(f"queue_{job_id}", Queue())
    return queue


def is_full(found: list[IssueSummary]) -> bool:
    """Whether a page of the queue may have another after it."""
    return len(found) == review.PAGE_SIZE
