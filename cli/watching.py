"""Waiting until uploads do not change by themselves any more."""

import datetime as dt
import time
from collections.abc import Sequence

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from cli import options, uploads_shown
from cli.exits import Code, Ended
from cli.installation import Installation, pass_installation
from cli.showing import document, is_watched, line, safe
from ingestion import viewing, words
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 2.0
"""Seconds between two looks."""
_SILENT_AFTER = dt.timedelta(minutes=2)
"""Whoever sends a file gives a sign of life with each part, of 8 MB: half a megabit a second is enough."""


@click.command(short_help="Wait until uploads are processed.")
@click.argument("job_ids", nargs=-1, required=True, type=options.Id(), metavar="JOB…")
@options.as_json
@pass_installation
def watch(at: Installation, job_ids: tuple[int, ...], as_json: bool) -> None:
    """Wait until nothing about these uploads happens by itself any more.

    Ends with 0 when all are completed, with 5 when one failed, else with 6 when one waits for a person: for
    decisions, to be finalized, to be told how its file is read, or to be sent the rest of it, of which
    nothing came for two minutes. To look is no activity: a session that ends meanwhile ends the command,
    and not the work.

    \b
      ingest watch 12 13
    """
    end(until_settled(at, list(dict.fromkeys(job_ids)), quiet=as_json), as_json=as_json)


def end(uploads: Sequence[Upload], *, as_json: bool) -> None:
    """Show where uploads stand that were waited for, and end the command by the worst of it."""
    if as_json:
        document([uploads_shown.as_data(upload) for upload in uploads])
    else:
        show(uploads)
    raise_code(uploads)


def show(uploads: Sequence[Upload]) -> None:
    """Where each upload stands, in a line."""
    for upload in uploads:
        line(uploads_shown.line_of(upload))


def raise_code(uploads: Sequence[Upload]) -> None:
    """End the command unless all are completed."""
    codes = {uploads_shown.code_of(upload) for upload in uploads}
    for code in (Code.FAILED, Code.WAITS):
        if code in codes:
            raise Ended(code)


def until_settled(at: Installation, job_ids: Sequence[int], *, quiet: bool) -> list[Upload]:
    """The uploads once none changes by itself. Raises NotFound, NotSignedIn."""
    at.account()  # whoever asks is active; the looks that follow are not
    pause = _FIRST_PAUSE
    with _progress(quiet) as progress:
        tasks: dict[int, TaskID] = {}
        while True:
            uploads = _look(at, job_ids)
            for upload in uploads:
                _draw(progress, tasks, upload)
            if not any(map(_changes, uploads)):
                return uploads
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def _look(at: Installation, job_ids: Sequence[int]) -> list[Upload]:
    user_id = at.account(is_activity=False).id
    return [viewing.get(at.sessions, user_id, job_id) for job_id in job_ids]


def _changes(upload: Upload) -> bool:
    """Whether a worker is to do something with it, or somebody is still sending its file."""
    return upload.in_flight and not (uploads_shown.awaits_file(upload) and _is_silent(upload))


def _is_silent(upload: Upload) -> bool:
    last = upload.progressed_at or upload.created_at
    return dt.datetime.now(dt.UTC) - last > _SILENT_AFTER


def _progress(quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[doing]}", markup=False),
        console=Console(stderr=True, highlight=False),
        transient=True,
        disable=quiet or not is_watched(),
    )


def _draw(progress: Progress, tasks: dict[int, TaskID], upload: Upload) -> None:
    if upload.id not in tasks:
        tasks[upload.id] = progress.add_task(safe(upload.filename), total=1.0, doing="")
    progress.update(tasks[upload.id], completed=_done(upload), doing=safe(_doing(upload)))


def _done(upload: Upload) -> float:
    return upload.progress if upload.in_flight else 1.0


def _doing(upload: Upload) -> str:
    if upload.next_attempt_at is not None:
        return f"tried again soon: {upload.error_message}"
    if upload.status is JobStatus.PROCESSING:
        return words.pace(upload)
    return words.status(upload).lower()


COMMANDS = [watch]
