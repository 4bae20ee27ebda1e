"""Options and arguments that several commands have."""

import contextlib
import getpass
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from cli.exits import Code, Ended
from cli.installation import Installation
from cli.showing import safe, say
from cli.typed import NOT_TEXT, is_text
from ingestion import viewing
from ingestion.rules.issues import IssueType

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

as_json = click.option(
    "--json", "as_json", is_flag=True, help="For programs: one JSON document on standard output."
)
yes = click.option("--yes", is_flag=True, help="Do not ask.")


def _jobs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The newest uploads of whoever is signed in; nothing where that cannot be told."""
    with contextlib.suppress(Exception):
        at = Installation()
        user_id = at.account(is_activity=False).id
        return [
            CompletionItem(str(one.id), help=safe(one.filename))
            for one in viewing.listed(at.sessions, user_id)
            if str(one.id).startswith(incomplete)
        ]
    return []


class Id(click.ParamType[int]):
    """The number of an upload, an issue or a decision, as the database counts them."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number. A bigint of Postgres ends at 2⁶³ - 1."""
        number = click.INT.convert(value, param, ctx)
        if not 1 <= number < 2**63:
            self.fail(f"{number} is the number of nothing here.", param, ctx)
        return number


job = click.argument("job", type=Id(), metavar="JOB", shell_complete=_jobs)


def agreed(question: str, *, yes: bool) -> None:
    """Ask before something is done, unless `yes`. Ends the command where the answer is no."""
    if yes:
        return
    with _asking("add --yes"):
        is_wanted = click.confirm(safe(question), err=True)
    if not is_wanted:
        say("Nothing was changed.")
        raise Ended(Code.REFUSED)


def asked(label: str, *, instead: str, is_secret: bool = False) -> str:
    """What a person types, which nobody sees where it `is_secret`.

    Raises click.UsageError where nobody can be asked, which tells to do `instead` what gives the answer.
    """
    with _asking(instead):
        answer = str(click.prompt(label, hide_input=is_secret, err=True))
        if not is_text(answer):
            raise click.UsageError(f"{label}: it {NOT_TEXT}")
        return answer


@contextlib.contextmanager
def _asking(instead: str) -> Iterator[None]:
    nobody = click.UsageError(f"Nobody can be asked here: {instead}.")
    is_for_program = click.get_current_context().params.get("as_json")
    if is_for_program and not sys.stdin.isatty():
        raise nobody  # before a question is in its way on standard error
    try:
        with warnings.catch_warnings():
            # Without a terminal a password would be read where everybody sees it.
            warnings.simplefilter("error", getpass.GetPassWarning)
            yield
    except getpass.GetPassWarning:
        raise nobody from None
    except UnicodeDecodeError:
        raise click.UsageError(f"What was typed {NOT_TEXT}") from None
    except click.Abort as error:
        if isinstance(error.__cause__ or error.__context__, EOFError):
            raise nobody from None
        raise


class Named(click.ParamType[str]):
    """One of some names, in which - and _ and the case do not count."""

    name = "name"

    def __init__(self, values: Sequence[str]) -> None:
        self._values = values

    @property
    def names(self) -> list[str]:
        """As people write them: `duplicate-email`."""
        return [one.lower().replace("_", "-") for one in self._values]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value as the product writes it."""
        known = {_folded(one): one for one in self._values}
        if _folded(str(value)) not in known:
            self.fail(f"{value!r} is none of: {', '.join(self.names)}.", param, ctx)
        return known[_folded(str(value))]

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002  (click's)
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The names that begin so."""
        return [CompletionItem(one) for one in self.names if one.startswith(incomplete)]


issue_type = Named([str(kind) for kind in IssueType])
types = click.option(
    "--type",
    "kinds",
    type=issue_type,
    multiple=True,
    metavar="TYPE",
    help=f"Only of this kind; may be repeated: {', '.join(issue_type.names)}.",
)
search = click.option("--search", default="", metavar="TEXT", help="Found in an address, name or company.")


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")
