"""One upload at a glance, in a notebook and in a terminal."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from ingestion.finalization import Balance
from ingestion.inspection.words import next_step
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload
from ingestion.words import STATUS, marked


@dataclass(frozen=True)
class JobCard:
    """An upload at one moment. It draws itself."""

    upload: Upload
    """All that is known of it. Times are in UTC."""
    owner: str
    issues: Mapping[IssueType, tuple[int, int]]
    """By type: how many are open, how many settled."""
    balance: Balance | None
    """What becomes of its rows as things stand, or became of them; None before they are checked."""

    @property
    def job_id(self) -> int:
        """The upload's number."""
        return self.upload.id

    @property
    def status(self) -> JobStatus:
        """Where it stands."""
        return self.upload.status

    @property
    def open_issues(self) -> int:
        """How many issues wait for a decision."""
        return sum(waiting for waiting, _ in self.issues.values())

    @property
    def settled_issues(self) -> int:
        """How many issues somebody decided about."""
        return sum(settled for _, settled in self.issues.values())

    @property
    def next_step(self) -> str:
        """What is to be done about it."""
        return next_step(self.upload)

    def __repr__(self) -> str:
        lines = self._lines()
        width = max(len(label) for label, _ in lines)
        drawn = [self._title(), *(f"  {label:{width}}  {value}" for label, value in lines)]
        return "\n".join(marked(line) for line in drawn)

    def _repr_html_(self) -> str:
        lines = "".join(
            f'<tr><th style="text-align:left;white-space:pre">{escape(label)}</th>'
            f'<td style="text-align:left">{escape(value)}</td></tr>'
            for label, value in self._lines()
        )
        # Not for TeX, which a file's name or an error may hold.
        return (
            f'<div class="tex2jax_ignore mathjax_ignore"><strong>{escape(self._title())}</strong>'
            f"<table><tbody>{lines}</tbody></table></div>"
        )

    def _title(self) -> str:
        return f"Upload {self.upload.id}: {self.upload.filename}"

    def _lines(self) -> list[tuple[str, str]]:
        upload = self.upload
        lines = [
            ("Status", STATUS[upload.status]),
            ("Uploaded", f"{upload.created_at:%Y-%m-%d %H:%M} UTC by {self.owner}"),
        ]
        if upload.error_message:
            lines.append(("Reason", upload.error_message))
        if self.balance is not None:
            lines.append(("Rows", f"{self.balance.total_rows:,}"))
            lines.append(("Issues", f"{self.open_issues:,} open, {self.settled_issues:,} settled"))
            lines += [(f"  {label}", f"{count:,}") for label, count in self._becomes(self.balance) if count]
        return [*lines, ("Next", self.next_step)]

    def _becomes(self, balance: Balance) -> list[tuple[str, int]]:
        """What becomes of the rows; the sum is all of them."""
        return [
            ("contacts" if self.status is JobStatus.COMPLETED else "contacts so far", balance.contacts),
            ("rows waiting for a decision", balance.waiting),
            ("settled duplicates", balance.duplicates),
            ("repeats of a contact", balance.collapsed),
            ("left out", balance.left_out),
        ]
