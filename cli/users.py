"""Accounts: the product's command for them, under the same roof."""

import click

from cli.exits import Ended
from ingestion.users import __main__ as command


@click.command(
    "users",
    short_help="Make and look after accounts.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def users(arguments: tuple[str, ...]) -> None:
    """Make and look after accounts, also the first one: needs the database's address, and no sign-in.

    Its own --help lists what it does: list, add, invite, role, deactivate, activate, reset, sign-out. It is
    the same as python -m ingestion.users, and what it does is in the audit log as done by the command.

    \b
      ingest users add ana@example.com --first-name Ana --last-name Silva
      ingest users list
    """
    code = command.main(list(arguments), prog="ingest users")
    if code:
        raise Ended(code)


COMMANDS = [users]
