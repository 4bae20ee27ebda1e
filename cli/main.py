"""The command line of the product: what the dashboard can do, from a shell.

Each command parses, asks who is signed in, calls one use-case and writes what that gives.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from cli import (
    completing,
    deciding,
    deciding_many,
    deleting,
    exporting,
    finishing,
    history,
    issues,
    jobs,
    process,
    reading_stored,
    sharing,
    signing_in,
    typed,
    uploading,
    users,
    watching,
)
from cli.exits import Code, told
from cli.installation import Installation
from ingestion import product

_EXITS = """
\b
Exit codes:
  0    done
  1    refused, with the reason on standard error
  2    the command line is not understood
  3    not signed in, or not any more
  4    the installation does not answer, or none is named
  5    what was waited for failed
  6    what was waited for waits for a person
  70   a mistake of the program
  130  interrupted
"""


class Ingest(click.Group):
    """The group of all commands. It turns errors into sentences and exit codes."""

    def main(  # type: ignore[override]  # click has one more signature, of what no caller asks for
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run the command line and end the process."""
        given = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        process.open_streams()
        with process.unwound_by_signals():
            try:
                code = super().main(given, prog_name or "ingest", **extra)
            except click.Abort:
                code = Code.INTERRUPTED
            except Exception as error:  # noqa: BLE001  what none of us expects has a code too
                code = told(error, as_json="--json" in given)
            sys.exit(int(code or Code.DONE))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's)
        """The names of the commands, in the order in which people need them."""
        return list(self.commands)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the command line. What --help says is written meanwhile."""
        with process.to_the_last_byte():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> None:
        """Run a command to its last byte of output."""
        with process.to_the_last_byte():
            super().invoke(ctx)


@click.group(cls=Ingest, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXITS)
@click.option(
    "--log",
    envvar="INGEST_LOG",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Append the product's log of this command to FILE (INGEST_LOG does the same). Else it is not kept.",
)
@click.version_option(product.version(), message="%(prog)s %(version)s")
@click.pass_context
def ingest(ctx: click.Context, log: Path | None) -> None:
    """Upload contact lists, settle their issues and take the clean contacts away, from a shell.

    What the dashboard can do, by the same rules, permissions and audit log. Begin with:

    \b
      ingest sign-in ana@example.com
      ingest upload contacts.csv --watch
      ingest jobs

    Each command has a --help with an example. Answers go to standard output, everything else to standard
    error. With --json, where a command has it, standard output holds one JSON document, and an error is one
    on standard error: {"error": {"kind": …, "message": …}}. Times are in UTC.
    """
    ctx.obj = at = Installation(log)
    ctx.call_on_close(at.close)


for module in (
    signing_in,
    users,
    uploading,
    jobs,
    watching,
    reading_stored,
    issues,
    deciding,
    history,
    finishing,
    exporting,
    sharing,
    deleting,
    completing,
):
    for command in module.COMMANDS:
        ingest.add_command(command)
deciding.resolve.add_command(deciding_many.many)
typed.require_text(ingest)
