"""Signing in and out at a shell, and who is signed in."""

import platform
import sys
from typing import Any

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.place import Kept
from cli.showing import document, fields, say
from ingestion import known_browsers, signing_in, words
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.errors import SignInRefused
from ingestion.rules.browsers import COMMAND_LINE
from ingestion.rules.permissions import Role
from ingestion.sessions import Client


@click.command("sign-in", short_help="Sign in with address and password.")
@click.argument("email", required=False)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@options.as_json
@pass_installation
def sign_in(at: Installation, email: str | None, password_stdin: bool, as_json: bool) -> None:
    """Sign in with the address and the password of an account.

    The session is one of those on the page Account, as "Command line", and can be ended there. It lasts as
    long as one of the dashboard does. Its token is kept in a file that only you can read, one for each
    installation, below $XDG_STATE_HOME/ingest (~/.local/state/ingest).

    \b
      ingest sign-in ana@example.com
      ingest sign-in ana@example.com --password-stdin < password.txt
    """
    at.settings  # noqa: B018  where there is no installation, nobody is asked for a password
    email = email or str(click.prompt("E-mail", err=True))
    password = (
        _password_of_input() if password_stdin else str(click.prompt("Password", hide_input=True, err=True))
    )
    before = at.place.read()
    own = before if before is not None and before.email == email else None
    begun = signing_in.sign_in(
        at.sessions,
        email,
        password.strip(),  # as the dashboard's form does
        Client(f"{COMMAND_LINE} ({platform.system()})", platform.node() or "unknown"),
        browser=own.browser if own else None,
        hours=at.settings.session_hours,
        idle_minutes=at.settings.session_idle_minutes,
        replaced=before.token if before else "",
    )
    browser = known_browsers.remember(at.sessions, begun.user_id, instead_of=own.browser if own else None)
    at.place.write(Kept(begun.token, email, browser))
    _tell(at.account(), as_json=as_json)


@click.command("sign-out")
@pass_installation
def sign_out(at: Installation) -> None:
    """End the session of this machine.

    \b
      ingest sign-out
    """
    kept = at.kept()
    web_sessions.sign_out(at.sessions, kept.token)
    at.place.forget(kept)
    say("You are signed out.")


@click.command()
@options.as_json
@pass_installation
def whoami(at: Installation, as_json: bool) -> None:
    """Show who is signed in.

    \b
      ingest whoami
    """
    _tell(at.account(), as_json=as_json)


def _tell(account: Account, *, as_json: bool) -> None:
    name = f"{account.first_name} {account.last_name}"
    if as_json:
        shown: dict[str, Any] = {"id": account.id, "email": account.email, "name": name, "role": account.role}
        document(shown)
        return
    fields([("E-mail", account.email), ("Name", name), ("Role", words.ROLE[Role(account.role)].lower())])


def _password_of_input() -> str:
    line = sys.stdin.readline()
    if not line:
        raise SignInRefused("There was no password on standard input. Nothing was done.")
    return line.rstrip("\r\n")


COMMANDS = [sign_in, sign_out, whoami]
