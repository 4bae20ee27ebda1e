"""Sharing an upload with others."""

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.showing import document, line, say, table
from ingestion import sharing, words
from ingestion.errors import NotFound
from ingestion.rules import emails
from ingestion.sharing import Guest


@click.command(short_help="Share an upload, or see with whom.")
@options.job
@click.argument("email", required=False)
@options.as_json
@pass_installation
def share(at: Installation, job: int, email: str | None, as_json: bool) -> None:
    """Share an upload with somebody who has an account; without EMAIL list with whom it is shared.

    Whoever it is shared with sees its rows, decides about its issues, and downloads what it becomes.

    \b
      ingest share 12 ben@example.com
      ingest share 12
    """
    user_id = at.account().id
    if email is not None:
        guest = sharing.share(at.sessions, user_id, job, email)
        if not as_json:
            line(f"Shared with {guest.name} ({guest.email}).")
            return
    _list(sharing.listed(at.sessions, user_id, job), as_json=as_json)


@click.command()
@options.job
@click.argument("email")
@pass_installation
def unshare(at: Installation, job: int, email: str) -> None:
    """Take a share back, at once.

    \b
      ingest unshare 12 ben@example.com
    """
    user_id = at.account().id
    address = emails.normalize(email)
    for guest in sharing.listed(at.sessions, user_id, job):
        if guest.email == address:
            sharing.unshare(at.sessions, user_id, job, guest.id)
            line(f"No longer shared with {guest.name} ({guest.email}).")
            return
    raise NotFound("The upload is not shared with this address.")


def _list(guests: list[Guest], *, as_json: bool) -> None:
    if as_json:
        document(guests)
    elif not guests:
        say("It is shared with nobody.")
    else:
        rows = [
            (guest.email, guest.name, words.ROLE[guest.role], "active" if guest.is_active else "deactivated")
            for guest in guests
        ]
        table(("E-mail", "Name", "Role", "State"), rows)


COMMANDS = [share, unshare]
