"""Taking files away: contacts, rows to correct, rows left out, a summary."""

import errno
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.showing import document, say
from ingestion import error_report, export, export_names, summary, summary_page, versions, viewing, words
from ingestion.errors import Conflict
from ingestion.export import Download
from ingestion.formats import Format
from ingestion.protection import Cells
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_STANDARD_OUTPUT = Path("-")

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What a file system without hard links answers, such as FAT."""

_Open = Callable[[], Download]


@click.command("export", short_help="Write what an upload became to a file.")
@options.job
@click.option(
    "--what",
    type=click.Choice(["contacts", "errors", "left-out", "summary"]),
    default="contacts",
    show_default=True,
    help="The contacts; the rows to correct, each with the reason; those left out; a page of figures.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice([str(one) for one in Format]),
    default=str(Format.CSV),
    show_default=True,
    help="Of contacts.",
)
@click.option(
    "--version", type=click.IntRange(min=1), help="Contacts as an earlier finalization made them, as CSV."
)
@click.option(
    "--exact", is_flag=True, help="CSV cells as they are: a spreadsheet may calculate what is in them."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where to write, or - for standard output. Else the file gets the upload's name, here.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@options.as_json
@pass_installation
def export_(
    at: Installation,
    job: int,
    what: str,
    format_: str,
    version: int | None,
    exact: bool,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write what an upload became to a file. Who took what away is in the audit log.

    Cells of CSV files that a spreadsheet could take for a formula get an apostrophe in front, which this
    product takes off again when it reads them.

    \b
      ingest export 12
      ingest export 12 --format xlsx -o contacts.xlsx
      ingest export 12 --what errors -o - | less
    """
    _check(what, format_, version, output, as_json=as_json)
    user_id = at.account().id
    cells = Cells.EXACT if exact else Cells.PROTECTED
    open_file = _opener(at, user_id, job, what, Format(format_), version, cells)
    if output == _STANDARD_OUTPUT:
        _write_out(open_file)
    else:
        uploaded = viewing.get(at.sessions, user_id, job).filename
        path = output or Path(_name(uploaded, what, Format(format_), version))
        size = _write(open_file, path, force=force)
        if as_json:
            document({"file": str(path), "bytes": size})
        else:
            say(f"{path}: {words.size(size)}")
    logger.info("downloaded", job_id=job, user_id=user_id, what=what)


def _check(what: str, format_: str, version: int | None, output: Path | None, *, as_json: bool) -> None:
    if what != "contacts" and (version or format_ != Format.CSV):
        raise click.UsageError("--format and --version are about contacts.")
    if version and format_ != Format.CSV:
        raise click.UsageError("An earlier version is written as CSV.")
    if as_json and output == _STANDARD_OUTPUT:
        raise click.UsageError("With -o - standard output is the file: leave --json out.")


def _opener(
    at: Installation,
    user_id: int,
    job: int,
    what: str,
    format_: Format,
    version: int | None,
    cells: Cells,
) -> _Open:
    if what == "errors":
        return lambda: error_report.open_report(at.sessions, user_id, job, cells)
    if what == "left-out":
        return lambda: error_report.open_left_out(at.sessions, user_id, job, cells)
    if what == "summary":
        return lambda: _summary(at, user_id, job)
    if version:
        return lambda: versions.open_version(at.sessions, at.bucket, user_id, job, version, cells)
    return lambda: export.open_contacts(at.sessions, user_id, job, format_, cells)


def _summary(at: Installation, user_id: int, job: int) -> Download:
    def page() -> Generator[bytes]:
        yield summary_page.render(found).encode()

    found = summary.of_upload(at.sessions, user_id, job)
    return Download(export_names.summary(found.upload.filename), page(), "text/html")


def _name(uploaded: str, what: str, format_: Format, version: int | None) -> str:
    """What the file is called unless somebody says otherwise."""
    if what == "errors":
        return export_names.rows(uploaded, export_names.TO_CORRECT)
    if what == "left-out":
        return export_names.rows(uploaded, export_names.LEFT_OUT)
    if what == "summary":
        return export_names.summary(uploaded)
    return export_names.version(uploaded, version) if version else export_names.contacts(uploaded, format_)


def _write_out(open_file: _Open) -> None:
    with closing(open_file().chunks) as chunks:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


def _write(open_file: _Open, path: Path, *, force: bool) -> int:
    """Write a file that is whole when it gets its name; how many bytes it has. Raises Conflict, OSError.

    Where there is no place for it nothing is asked for, and nothing is in the audit log.
    """
    place = Path(os.path.realpath(path)) if path.is_symlink() else path  # a link stays, its file is replaced
    _require_place(place, force=force)
    # With mode 0600: contacts are people's data, which nobody else on this machine reads.
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".export-")
    made = Path(name)
    try:
        with open(descriptor, "wb") as file, closing(open_file().chunks) as chunks:  # noqa: PTH123
            for chunk in chunks:
                file.write(chunk)
            size = file.tell()
        _put(made, place, force=force)
    finally:
        made.unlink(missing_ok=True)
    return size


def _put(made: Path, place: Path, *, force: bool) -> None:
    """Give a file its name. One that got this name meanwhile stays, unless `force`."""
    _require_place(place, force=force)
    if force:
        made.replace(place)
        return
    try:
        place.hardlink_to(made)  # unlike a new name, never in place of another file
    except FileExistsError:
        raise _exists(place) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        made.replace(place)


def _require_place(place: Path, *, force: bool) -> None:
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(place.parent))
    if not os.path.lexists(place):
        return
    if not place.is_file():
        raise Conflict(
            f"{place} is not an ordinary file, and nothing was written. Name another file, or write to "
            "standard output with -o -."
        )
    if not force:
        raise _exists(place)


def _exists(place: Path) -> Conflict:
    return Conflict(f"{place} exists already. Name another file, or add --force to replace it.")


COMMANDS = [export_]
