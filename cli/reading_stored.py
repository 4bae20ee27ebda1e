"""Saying how a file is read that is in the store already."""

from typing import Any

import click

from cli import options, reading, uploads_shown
from cli.installation import Installation, pass_installation
from cli.showing import document, line, safe, table
from ingestion import intake, viewing
from ingestion.csv_file.proposal import Proposal

_ROWS_SHOWN = 5


@click.command(short_help="Say how a stored file is read.")
@options.job
@reading.given
@click.option("--dry-run", is_flag=True, help="Only show how it would be read, with its first rows.")
@options.as_json
@pass_installation
def read(at: Installation, /, job: int, dry_run: bool, as_json: bool, **how: Any) -> None:
    """Have a stored file read: one that waits for somebody to say how, or one that failed.

    Without options it is read as found, where nothing is in doubt. What is in doubt is asked about as by
    ingest upload.

    \b
      ingest read 12 --dry-run
      ingest read 12 --encoding cp1252 --column email=Contact
    """
    user_id = at.account().id
    given = reading.of(**how)
    source = intake.look(
        at.sessions, at.bucket, user_id=user_id, job_id=job, max_bytes=at.settings.max_upload_bytes
    )
    settled = reading.settle(at, user_id, source, given)
    if not dry_run:
        reading.remember(at, user_id, settled)
        intake.confirm(at.sessions, at.enqueue_process, user_id=user_id, job_id=job, options=settled.options)
    upload = viewing.get(at.sessions, user_id, job)
    if as_json:
        document(
            {
                **uploads_shown.as_data(upload),
                "reading": settled.options.as_json(),
                "summary": settled.summary,
            }
        )
        return
    line(settled.summary)
    if dry_run:
        _show(settled.proposal)
    else:
        line(uploads_shown.line_of(upload))


def _show(proposal: Proposal) -> None:
    rows = [(str(row.number), *map(safe, row.cells)) for row in proposal.rows[:_ROWS_SHOWN]]
    table(("Row", *map(safe, proposal.names)), rows, numbers=("Row",))


COMMANDS = [read]
