"""Signing in and out at a shell, and who is signed in."""

import platform
import sys
from collections.abc import Callable
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
from ingestion.rules import emails
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
    email = email or options.asked("E-mail", instead="name the address")
    password = _password_of_input() if password_stdin else _password_of_person()
    with at.place.replacing() as keep:
        _begin(at, email, password.strip(), keep)  # stripped as the dashboard's form does
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


def _begin(at: Installation, email: str, password: str, keep: Callable[[Kept], None]) -> None:
    """Begin a session and keep its token, in place of what was kept before."""
    before = at.place.read()
    is_own = before is not None and emails.normalize(before.email) == emails.normalize(email)
    browser = before.browser if before is not None and is_own else None
    begun = signing_in.sign_in(
        at.sessions,
        email,
        password,
        Client(f"{COMMAND_LINE} ({platform.system()})", platform.node() or "unknown"),
        browser=browser,
        hours=at.settings.session_hours,
        idle_minutes=at.settings.session_idle_minutes,
        replaced=before.token if before else "",
    )
    try:
        known = known_browsers.remember(at.sessions, begun.user_id, instead_of=browser)
        keep(Kept(begun.token, email, known))
    except BaseException:
        web_sessions.sign_out(at.sessions, begun.token)  # nobody has its token
        raise


def _tell(account: Account, *, as_json: bool) -> None:
    name = f"{account.first_name} {account.last_name}"
    if as_json:
        shown: dict[str, Any] = {"id": account.id, "email": account.email, "name": name, "role": account.role}
        document(shown)
        return
    fields([("E-mail", account.email), ("Name", name), ("Role", words.ROLE[Role(account.role)].lower())])


def _password_of_input() -> str:
    line = sys.stdin.buffer.readline()
    if not line:
        raise SignInRefused("There was no password on standard input. Nothing was done.")
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise SignInRefused(
            "The password on standard input is not in UTF-8. Save it in UTF-8. Nothing was done."
        ) from None


def _password_of_person() -> str:
    return options.asked("Password", instead="add --password-stdin", is_secret=True)


COMMANDS = [sign_in, sign_out, whoami]
