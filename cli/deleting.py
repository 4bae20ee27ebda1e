"""Deleting an upload."""

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.showing import document, line
from ingestion import deletion, viewing, words


@click.command(short_help="Delete an upload, for good.")
@options.job
@options.yes
@options.as_json
@pass_installation
def delete(at: Installation, job: int, yes: bool, as_json: bool) -> None:
    """Delete an upload and all that was made of it, for good. Asks before, unless --yes.

    \b
      ingest delete 12
    """
    user_id = at.account().id
    upload = viewing.get(at.sessions, user_id, job)
    extent = deletion.extent(at.sessions, user_id, job)
    things = (
        words.count(extent.rows or upload.processed_rows, "row"),
        words.count(extent.decisions, "decision"),
        words.count(extent.contacts, "final contact"),
    )
    question = f"Delete {upload.filename}, its file and {', '.join(things)}? This cannot be undone."
    options.agreed(question, yes=yes)
    deletion.request(at.sessions, at.account().id, job)
    if as_json:
        document({"deleted": job})
    else:
        line(f"Upload {job}, {upload.filename}, is deleted.")


COMMANDS = [delete]
