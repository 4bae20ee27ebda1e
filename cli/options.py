"""Options and arguments that several commands have."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from cli.exits import Code, Ended
from cli.installation import Installation
from cli.showing import safe, say
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


job = click.argument("job", type=click.IntRange(min=1), metavar="JOB", shell_complete=_jobs)


def agreed(question: str, *, yes: bool) -> None:
    """Ask before something is done, unless `yes`. Ends the command where the answer is no."""
    if yes:
        return
    try:
        is_wanted = click.confirm(safe(question), err=True)
    except click.Abort as error:
        if isinstance(error.__cause__ or error.__context__, EOFError):
            raise click.UsageError("Nobody can be asked here: add --yes.") from None
        raise
    if not is_wanted:
        say("Nothing was changed.")
        raise Ended(Code.REFUSED)


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
