"""Uploading files."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from cli import options, reading, sending, uploads_shown, watching
from cli.exits import Code, Ended, NotSignedIn, code_of
from cli.installation import Installation, pass_installation
from cli.reading import Given
from cli.showing import document, is_watched, lines_of, safe, say
from ingestion import health, viewing
from ingestion.errors import IngestionError, Unavailable
from ingestion.viewing import Upload

_GO_ON = "Give the same command again: what is there already is not sent twice."


@dataclass
class _Sent:
    """What became of the files of one command so far."""

    uploads: list[Upload] = field(default_factory=list)
    refused: list[tuple[Path, Exception]] = field(default_factory=list)


@click.command(short_help="Upload files.")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, allow_dash=True)
)
@click.option("--watch", is_flag=True, help="Wait until they are processed, as ingest watch does.")
@click.option("--again", is_flag=True, help="Also files that you uploaded before.")
@reading.given
@options.as_json
@pass_installation
def upload(
    at: Installation, /, files: tuple[Path, ...], watch: bool, again: bool, as_json: bool, **how: Any
) -> None:
    """Upload contact lists: CSV, TSV, text, XLSX, and these packed by gzip.

    How a file is read is found out. What cannot be found out is asked about: the command says so, and which
    option answers it, and uploads nothing of that file. Columns that you confirmed for the same header
    before, here or on the page, are taken without a question.

    One file that is refused does not keep others from being uploaded; the exit code is then 1, or 4 where
    the installation did not answer. A large file that was interrupted goes on where it stopped, when the same
    command is given again.

    \b
      ingest upload spring.csv autumn.csv --watch
      ingest upload list.csv --column email=Contact --column company=Account
    """
    if Path("-") in files:
        raise click.UsageError("A file has a name and a size, so - is none. Write it to a file first.")
    given = reading.of(**how)
    user_id = at.account().id
    with _told(as_json=as_json, at_end=watch) as sent:
        for path in files:
            stored = _send_one(at, user_id, path, given, sent, again=again, quiet=as_json)
            if stored and not (as_json or watch):
                watching.show([stored])
        if watch and sent.uploads:
            ids = [one.id for one in sent.uploads]
            sent.uploads = watching.until_settled(at, ids, quiet=as_json)
    if sent.refused:
        raise Ended(_worst(sent.refused))
    if watch:
        watching.raise_code(sent.uploads)


@contextmanager
def _told(*, as_json: bool, at_end: bool) -> Iterator[_Sent]:
    """Gives what is filled with what becomes of the files, and tells it however the command ends.

    To people it is told only where the rest is told `at_end`.
    """
    sent = _Sent()
    try:
        yield sent
    finally:
        if as_json:
            document({"uploads": [*map(uploads_shown.as_data, sent.uploads)], "refused": _refusals(sent)})
        elif at_end:
            watching.show(sent.uploads)


def _send_one(
    at: Installation, user_id: int, path: Path, given: Given, sent: _Sent, *, again: bool, quiet: bool
) -> Upload | None:
    """Add to `sent` what becomes of a file; its upload, unless it is refused."""
    try:
        with _progress(path, quiet=quiet) as tell, health.answering():
            job_id = sending.send(at, path, given, again=again, tell=tell)
            stored = viewing.get(at.sessions, user_id, job_id)
    except (NotSignedIn, KeyboardInterrupt, SystemExit):
        if not quiet:
            say(f"{path.name} may not have arrived. {_GO_ON}")
        raise
    except (IngestionError, OSError) as error:
        sent.refused.append((path, error))
        if not quiet:
            _tell_of(path, error)
        return None
    sent.uploads.append(stored)
    return stored


def _tell_of(path: Path, error: Exception) -> None:
    first, *more = lines_of(_message(error))
    say(f"{path.name} was not uploaded. {first}")
    for one in more:
        say(one)
    if isinstance(error, Unavailable):
        say(_GO_ON)


def _message(error: Exception) -> str:
    return f"{error.strerror}." if isinstance(error, OSError) and error.strerror else str(error)


def _refusals(sent: _Sent) -> list[dict[str, Any]]:
    return [
        {
            "file": str(path),
            "kind": type(error).__name__,
            "message": _message(error),
            **getattr(error, "details", {}),
        }
        for path, error in sent.refused
    ]


def _worst(refused: Sequence[tuple[Path, Exception]]) -> Code:
    codes = {code_of(error) for _, error in refused}
    return Code.UNAVAILABLE if Code.UNAVAILABLE in codes else Code.REFUSED


@contextmanager
def _progress(path: Path, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar for a file on its way, where somebody sees it."""
    columns = TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), DownloadColumn()
    with Progress(
        *columns,
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True, highlight=False),
        transient=True,
        disable=quiet or not is_watched(),
    ) as progress:
        task = progress.add_task(safe(path.name), total=path.stat().st_size if path.is_file() else 0)
        yield lambda sent: progress.update(task, completed=sent)


COMMANDS = [upload]
