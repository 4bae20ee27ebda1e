"""Taking files away: contacts, rows to correct, rows left out, a summary."""

import os
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path, PurePosixPath

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.showing import document, say
from ingestion import error_report, export, summary, summary_page, versions, viewing, words
from ingestion.errors import Conflict
from ingestion.export import Download
from ingestion.formats import Format
from ingestion.protection import Cells
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_STANDARD_OUTPUT = Path("-")


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
    if output not in (None, _STANDARD_OUTPUT) and not force:
        _require_new(output)
    cells = Cells.EXACT if exact else Cells.PROTECTED
    download = _opener(at, user_id, job, what, Format(format_), version, cells)()
    logger.info("downloaded", job_id=job, user_id=user_id, what=what)
    if output == _STANDARD_OUTPUT:
        _write_out(download.chunks)
        return
    path = output or Path(PurePosixPath(download.filename).name)
    size = _write(download.chunks, path, force=force)
    if as_json:
        document({"file": str(path), "bytes": size})
    else:
        say(f"{path}: {words.size(size)}")


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
) -> Callable[[], Download]:
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
        yield summary_page.render(summary.of_upload(at.sessions, user_id, job)).encode()

    stem = PurePosixPath(viewing.get(at.sessions, user_id, job).filename).stem
    return Download(f"{stem}-summary.html", page(), "text/html")


def _require_new(path: Path) -> None:
    if path.exists():
        raise Conflict(f"{path} exists already. Name another file, or add --force to replace it.")


def _write_out(chunks: Generator[bytes]) -> None:
    try:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    finally:
        chunks.close()


def _write(chunks: Generator[bytes], path: Path, *, force: bool) -> int:
    """Write a file that is whole when it gets its name; how many bytes it has."""
    try:
        if not force:
            _require_new(path)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name[:100]}-", delete=False
        ) as file:
            try:
                for chunk in chunks:
                    file.write(chunk)
                size = file.tell()
                file.close()
                _name(Path(file.name), path, force=force)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    finally:
        chunks.close()
    return size


def _name(made: Path, path: Path, *, force: bool) -> None:
    # Contacts are people's data: nobody else on this machine reads them, whatever umask says.
    if not force:
        _require_new(path)
    os.replace(made, path)  # noqa: PTH105  (over a file or none, in one step)


COMMANDS = [export_]
