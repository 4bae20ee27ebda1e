"""The command line of `python -m ingestion.users`."""

import argparse

from ingestion.rules.permissions import Role

_ADDRESS = "http://127.0.0.1:8501"
_ROLES = [role.value for role in Role]


PROGRAM = "python -m ingestion.users"


def parser(description: str | None, prog: str = PROGRAM) -> argparse.ArgumentParser:
    """What the command line may say; `command` of the result is the command's name."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description=description,
        epilog="Exit codes: 0 done; 1 refused, with the reason on standard error; 2 not understood.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, does: str) -> argparse.ArgumentParser:
        # Abbreviations would take --password for --password-stdin.
        description = f"{does[0].upper()}{does[1:]}."
        return commands.add_parser(name, help=does, description=description, allow_abbrev=False)

    listing = command("list", "show all accounts")
    listing.add_argument("--json", action="store_true", help="for programs: a list of objects")
    adding = command("add", "make an account, whatever REGISTRATION says; the first is an administrator's")
    inviting = command("invite", "print a link by which somebody makes their account, good once for 7 days")
    changing = command("role", "give an account another role")
    resetting = command("reset", "print a link by which a new password is set, good once for 24 hours")
    about_one = [
        *(adding, inviting, changing, resetting),
        command("deactivate", "keep an account out, and end its sessions; its uploads stay"),
        command("activate", "let a deactivated account be used again"),
        command("sign-out", "end all sessions of an account"),
    ]
    for one in about_one:
        one.add_argument("email", metavar="EMAIL", help="whose account it is")
    _describe_account(adding)
    inviting.add_argument("--role", choices=_ROLES, default="operator", help="operator unless given")
    changing.add_argument("role", choices=_ROLES, help="the new role")
    for printing in (adding, inviting, resetting):
        printing.add_argument(
            "--address",
            metavar="URL",
            default=_ADDRESS,
            help="of the dashboard, for links; %(default)s unless given",
        )
    return parser


def _describe_account(adding: argparse.ArgumentParser) -> None:
    adding.add_argument("--first-name", required=True, metavar="NAME")
    adding.add_argument("--last-name", required=True, metavar="NAME")
    adding.add_argument("--role", choices=_ROLES, help="operator unless given")
    password = adding.add_mutually_exclusive_group()
    password.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from the first line of standard input, in the place of asking for it twice",
    )
    password.add_argument(
        "--link",
        action="store_true",
        help="print a link by which its owner sets the password, good once for 24 hours",
    )
