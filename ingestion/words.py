"""The words that people read: for statuses, issues, numbers, sizes and times."""

from ingestion.history import Decided
from ingestion.outcome import Outcome
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.cells import UNSEEN
from ingestion.rules.issues import Action
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Role
from ingestion.sessions import Ending, Why
from ingestion.settings import MEGABYTE
from ingestion.viewing import Upload, Whose

STATUS = {
    JobStatus.UPLOADING: "Uploading",
    JobStatus.PENDING: "Waiting",
    JobStatus.PROCESSING: "Processing",
    JobStatus.NEEDS_REVIEW: "Needs review",
    JobStatus.FINALIZING: "Finalizing",
    JobStatus.COMPLETED: "Completed",
    JobStatus.FAILED: "Failed",
}

WAITS_FOR_COLUMNS = "Confirm columns"
"""Of an upload whose file is stored and that waits for somebody to say how it is read."""

TASK = {"process_job": "Processing", "finalize_job": "Finalizing"}
"""What workers do, by the names of their tasks."""

DECISION = {
    Action.CHOOSE: "Chose a row",
    Action.MERGE: "Merged the rows",
    Action.EDIT: "Corrected",
    Action.ACCEPT: "Accepted as it is",
    Action.SKIP: "Left out",
    Action.UNDO: "Undone",
}

WHOSE = {Whose.MINE: "Mine", Whose.SHARED: "Shared with me", Whose.EVERYBODYS: "Everybody's"}

OUTCOME = {
    Outcome.CONTACT: "Contacts",
    Outcome.LEFT_OUT: "Left out",
    Outcome.SETTLED: "Settled duplicates",
    Outcome.REPEAT: "Repeats",
}

ANSWER = {
    BulkAnswer.KEEP_FIRST: "Keep the first row of each group",
    BulkAnswer.KEEP_LAST: "Keep the last row of each group",
    BulkAnswer.KEEP_MOST_COMPLETE: "Keep the most complete row of each group",
    BulkAnswer.FILL_BLANKS: "Keep the first row and fill its blanks from the others",
    BulkAnswer.FILL_REPEATS: "Fill blanks of contacts from their repeats",
    BulkAnswer.ACCEPT: "Accept as they are",
    BulkAnswer.SKIP: "Leave all of these rows out",
    BulkAnswer.SET_VALUE: "Set one value",
}

ANSWERED = {
    BulkAnswer.KEEP_FIRST: "Kept the first rows",
    BulkAnswer.KEEP_LAST: "Kept the last rows",
    BulkAnswer.KEEP_MOST_COMPLETE: "Kept the most complete rows",
    BulkAnswer.FILL_BLANKS: "Kept the first rows, blanks filled",
    BulkAnswer.FILL_REPEATS: "Filled blanks from repeats",
    BulkAnswer.ACCEPT: "Accepted all as they are",
    BulkAnswer.SKIP: "Left all out",
    BulkAnswer.SET_VALUE: "Set one value",
}

ROWS = {
    Action.CHOOSE: "Rows that give way to the one that is kept",
    Action.MERGE: "Rows that go into a record with another",
    Action.EDIT: "Rows that read differently",
    Action.ACCEPT: "Rows that read as they are shown",
    Action.SKIP: "Rows left out",
}
"""What a bulk answer of each kind does to rows, in front of how many."""

ROLE = {Role.OPERATOR: "Operator", Role.REVIEWER: "Reviewer", Role.ADMINISTRATOR: "Administrator"}
ROLE_WITH_ARTICLE = {
    Role.OPERATOR: "an operator",
    Role.REVIEWER: "a reviewer",
    Role.ADMINISTRATOR: "an administrator",
}
ROLE_MEANS = {
    Role.OPERATOR: "Uploads files, and works on what others share.",
    Role.REVIEWER: "Settles what others share. Does not upload, finalize or delete.",
    Role.ADMINISTRATOR: "Everything, with every upload, and looks after accounts and operations.",
}

_SIGN = "⍽"
_REVEALED = str.maketrans("\0" + UNSEEN, _SIGN * (1 + len(UNSEEN)))


def revealed(text: str) -> str:
    """The text in one line, with a sign for whatever in it is not seen, or turns the order of the rest."""
    return " ".join(marked(text).split())


def marked(text: str) -> str:
    """The same, with its spaces and lines as they are."""
    return text.translate(_REVEALED)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `38,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(number_of_bytes: int) -> str:
    """`312 B`, `4.8 MB`."""
    if number_of_bytes < 1024:
        return f"{number_of_bytes} B"
    if number_of_bytes < MEGABYTE:
        return f"{number_of_bytes / 1024:.0f} KB"
    return f"{number_of_bytes / MEGABYTE:.1f} MB"


def status(upload: Upload) -> str:
    """Where an upload stands, in a word or two."""
    return WAITS_FOR_COLUMNS if upload.awaits_columns else STATUS[upload.status]


def pace(upload: Upload) -> str:
    """`38,000 rows, 4.8 MB of 50.0 MB · 140,000 rows and 17.2 MB a second · 3 s left`."""
    done = (
        f"{count(upload.processed_rows, 'row')}, {size(upload.processed_bytes)} of {size(upload.file_size)}"
    )
    found = upload.pace
    if found is None:
        return done
    speed = f"{found.rows_per_second:,.0f} rows and {size(round(found.bytes_per_second))} a second"
    left = duration(found.seconds_left) + " left" if upload.progress < 1 else "comparing duplicates"
    return f"{done} · {speed} · {left}"


def duration(seconds: float) -> str:
    """`3 s`, `2 min`, `1 h 5 min`, `3 days`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} days"


def ending(ended: Ending) -> str:
    """Why somebody who was signed in stands before the sign-in page."""
    minutes = round(ended.after.total_seconds() / 60) if ended.after else 0
    return {
        Why.IDLE: f"You were signed out after {count(minutes, 'minute')} without activity.",
        Why.EXPIRED: f"You were signed out: a session lasts {count(minutes // 60, 'hour')} at most.",
        Why.REVOKED: "You were signed out: the session was ended in another tab or browser, by a new "
        "password, or by an administrator.",
        Why.DEACTIVATED: "You were signed out: your account was deactivated. Ask an administrator about it.",
    }[ended.why]


def decision(entry: Decided) -> str:
    """What was decided, in a few words."""
    return DECISION[entry.action] if entry.answer is None else ANSWERED[entry.answer]
