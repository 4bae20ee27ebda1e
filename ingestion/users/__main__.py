"""Accounts without the dashboard: the first one, and what administrators do on the page People.

The accounts are those of the database that DATABASE_URL names. Everything done is in the audit log, as done
by the command. A password is asked for or read from standard input, and never an argument: the shell's
history and other users of the machine would see it.
"""

import argparse
import json
import secrets
import sys
from dataclasses import asdict
from getpass import getpass

from sqlalchemy.exc import DBAPIError

from db.engine import Sessions, make_engine, make_sessions
from ingestion import access_links, administration, new_passwords, registration
from ingestion.access_links import NewLink
from ingestion.administration import Person
from ingestion.authority import COMMAND
from ingestion.errors import IngestionError, SignInRefused
from ingestion.registration import Applicant
from ingestion.rules.permissions import Role
from ingestion.settings import load_settings
from ingestion.users.arguments import PROGRAM, parser


def main(arguments: list[str], prog: str = PROGRAM) -> int:
    """Do what the command line asks for: 0 when it is done, 1 when it is refused, with the reason said.

    `prog` is what people called it by.

    Raises SystemExit with 2 for a command line that cannot be understood.
    """
    options = parser(__doc__, prog).parse_args(arguments)
    try:
        engine = make_engine(load_settings().database_url)
        try:
            _COMMANDS[options.command](make_sessions(engine), options)
        finally:
            engine.dispose()
    except IngestionError as error:
        message = str(error)
    except DBAPIError as error:
        message = f"The database does not answer as it should: {' '.join(str(error.orig).split())}"
    except (KeyboardInterrupt, EOFError):
        message = "Interrupted. Nothing was done."
    else:
        return 0
    _tell(message)
    return 1


def _list(sessions: Sessions, options: argparse.Namespace) -> None:
    people = administration.people(sessions, COMMAND, limit=None)
    if options.json:
        print(json.dumps([asdict(person) for person in people], default=str, ensure_ascii=False, indent=2))
    elif not people:
        print("There is no account yet. Make the first one with add.")
    else:
        _print_table([_HEAD, *(_line(person) for person in people)])


def _add(sessions: Sessions, options: argparse.Namespace) -> None:
    own = options.email, options.first_name, options.last_name
    applicant = Applicant(*own, new_passwords.hashed(_new_password(options), own))
    account = registration.add(sessions, applicant, Role(options.role) if options.role else None)
    _tell(f"{account.email} has an account as {account.role}.")
    if options.link:
        _print_link(access_links.offer_reset(sessions, COMMAND, account.id), options.address)


def _invite(sessions: Sessions, options: argparse.Namespace) -> None:
    mode = load_settings().registration
    link = access_links.invite(sessions, mode, COMMAND, options.email, Role(options.role))
    _print_link(link, options.address)


def _reset(sessions: Sessions, options: argparse.Namespace) -> None:
    link = access_links.offer_reset(sessions, COMMAND, _id_of(sessions, options))
    _print_link(link, options.address)


def _role(sessions: Sessions, options: argparse.Namespace) -> None:
    administration.change_role(sessions, COMMAND, _id_of(sessions, options), Role(options.role))
    _tell(f"The account is now of the role {options.role}.")


def _deactivate(sessions: Sessions, options: argparse.Namespace) -> None:
    administration.deactivate(sessions, COMMAND, _id_of(sessions, options))
    _tell("The account is deactivated, and nobody is signed in with it.")


def _activate(sessions: Sessions, options: argparse.Namespace) -> None:
    administration.activate(sessions, COMMAND, _id_of(sessions, options))
    _tell("The account is active.")


def _sign_out(sessions: Sessions, options: argparse.Namespace) -> None:
    ended = administration.end_sessions(sessions, COMMAND, _id_of(sessions, options))
    _tell(f"Sessions ended: {ended}.")


_COMMANDS = {
    "list": _list,
    "add": _add,
    "invite": _invite,
    "role": _role,
    "deactivate": _deactivate,
    "activate": _activate,
    "reset": _reset,
    "sign-out": _sign_out,
}


def _id_of(sessions: Sessions, options: argparse.Namespace) -> int:
    return administration.id_of(sessions, COMMAND, options.email)


def _new_password(options: argparse.Namespace) -> str:
    if options.link:
        return secrets.token_urlsafe(32)  # that nobody knows, until its owner has set another
    if options.password_stdin:
        return _password_of(sys.stdin.readline())
    password = getpass("Password: ")
    if getpass("The same again: ") != password:
        raise SignInRefused("The two passwords differ. Nothing was done.")
    return password


def _password_of(line: str) -> str:
    if not line:
        raise SignInRefused("There was no password on standard input. Nothing was done.")
    return line.rstrip("\r\n")


def _print_link(link: NewLink, address: str) -> None:
    print(link.at(address))
    _tell(f"Good once, until {link.expires_at:%Y-%m-%d %H:%M} UTC, for {link.email}.")


def _tell(message: str) -> None:
    # Standard output is for lists and links, so that scripts can take them as they are.
    print(message, file=sys.stderr, flush=True)


_HEAD = ("E-mail", "Name", "Role", "State", "Last active (UTC)", "Uploads")


def _line(person: Person) -> tuple[str, ...]:
    last = person.last_active_at
    return (
        person.email,
        person.name,
        person.role.value,
        "active" if person.is_active else "deactivated",
        f"{last:%Y-%m-%d %H:%M}" if last else "never",
        str(person.uploads),
    )


def _print_table(lines: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
