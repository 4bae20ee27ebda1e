"""Settling issues one by one: the answers that the review page has buttons for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from cli import options
from cli.columns import Pair, with_values
from cli.exits import Ended, code_of
from cli.installation import Installation, pass_installation
from cli.showing import document, line, say
from ingestion import cases, deciding, health, viewing, words
from ingestion.cases import Case
from ingestion.deciding import Seen
from ingestion.errors import IngestionError, InvalidDecision

_Decide = Callable[[Seen, Case], None]


@dataclass
class _Outcome:
    """What became of the issues of one command so far."""

    decided: list[int] = field(default_factory=list)
    refused: dict[int, IngestionError] = field(default_factory=dict)
    open_issues: int | None = None
    """How many are left; None as long as that was not looked at."""

    @property
    def data(self) -> dict[str, Any]:
        """What programs are told."""
        refused = [
            {"issue": issue, "kind": type(error).__name__, "message": str(error)}
            for issue, error in self.refused.items()
        ]
        return {"decided": self.decided, "refused": refused, "open_issues": self.open_issues}


_issue = click.argument("issue", type=options.Id())
_issues = click.argument("issues", nargs=-1, required=True, type=options.Id(), metavar="ISSUE…")
_set = click.option(
    "--set", "pairs", type=Pair(), multiple=True, help="A value for a column; may be repeated."
)
_seen = click.option(
    "--seen",
    type=options.Id(),
    metavar="VERSION",
    help="The version that ingest issue showed: refused if somebody changed the issue since. Unless given, "
    "the issue is decided as it stands.",
)


@click.group(short_help="Settle issues, one or many.")
def resolve() -> None:
    """Settle issues: one by one, or many with one answer.

    A decision is refused, and says who was faster, where somebody has settled the issue already.

    \b
      ingest resolve keep 12 345 7
      ingest resolve edit 12 346 --set email=ana@example.com
      ingest resolve many 12 keep-first --type duplicate-email
    """


@resolve.command()
@options.job
@_issue
@click.argument("row", type=options.Id())
@_seen
@options.as_json
@pass_installation
def keep(at: Installation, job: int, issue: int, row: int, seen: int | None, as_json: bool) -> None:
    """Keep one row of a group that shares an e-mail address.

    \b
      ingest resolve keep 12 345 7
    """

    def decide(about: Seen, _: Case) -> None:
        deciding.choose(at.sessions, about, row_number=row)

    _each(at, job, [issue], seen, decide, f"kept row {row:,}", as_json=as_json)


@resolve.command()
@options.job
@_issue
@_set
@_seen
@options.as_json
@pass_installation
def merge(
    at: Installation,
    job: int,
    issue: int,
    pairs: tuple[tuple[str, str], ...],
    seen: int | None,
    as_json: bool,
) -> None:
    """Keep one record made of the rows of a group.

    Of each column it has the first value that is not blank, in the order of the rows, unless --set says
    another.

    \b
      ingest resolve merge 12 345 --set company="Acme Ltd"
    """

    def decide(about: Seen, case: Case) -> None:
        cells = with_values(case.suggested_merge(), case.columns, pairs)
        deciding.merge(at.sessions, about, cells=cells)

    _each(at, job, [issue], seen, decide, "merged", as_json=as_json)


@resolve.command()
@options.job
@_issues
@_set
@click.option("--use", type=click.IntRange(min=1), metavar="NUMBER", help="The suggestion of this number.")
@_seen
@options.as_json
@pass_installation
def edit(
    at: Installation,
    job: int,
    issues: tuple[int, ...],
    pairs: tuple[tuple[str, str], ...],
    use: int | None,
    seen: int | None,
    as_json: bool,
) -> None:
    """Correct a row. It is checked as an upload is: a value that is no better is refused, with the reason.

    \b
      ingest resolve edit 12 346 --set email=ana@example.com
      ingest resolve edit 12 346 --use 1
    """
    if bool(pairs) == bool(use):
        raise click.UsageError("Say the new values with --set, or the suggestion with --use.")

    def decide(about: Seen, case: Case) -> None:
        before = _suggested(case, use) if use else case.candidates[0].cells
        deciding.edit(at.sessions, about, cells=with_values(before, case.columns, pairs))

    _each(at, job, issues, seen, decide, "corrected", as_json=as_json)


@resolve.command()
@options.job
@_issues
@_seen
@options.as_json
@pass_installation
def accept(at: Installation, job: int, issues: tuple[int, ...], seen: int | None, as_json: bool) -> None:
    """Keep a blank field blank, or a broken row as it is shown.

    \b
      ingest resolve accept 12 347 348
    """

    def decide(about: Seen, _: Case) -> None:
        deciding.accept(at.sessions, about)

    _each(at, job, issues, seen, decide, "accepted as it is", as_json=as_json)


@resolve.command()
@options.job
@_issues
@_seen
@options.as_json
@pass_installation
def skip(at: Installation, job: int, issues: tuple[int, ...], seen: int | None, as_json: bool) -> None:
    """Leave a row, or all rows of a group, out of the contacts.

    \b
      ingest resolve skip 12 349
    """

    def decide(about: Seen, _: Case) -> None:
        deciding.skip(at.sessions, about)

    _each(at, job, issues, seen, decide, "left out", as_json=as_json)


def _suggested(case: Case, number: int) -> Sequence[str]:
    if number > len(case.suggestions):
        raise InvalidDecision(f"This issue has {words.count(len(case.suggestions), 'suggestion')}.")
    return case.with_value(case.suggestions[number - 1].value)


def _each(
    at: Installation,
    job: int,
    issues: Sequence[int],
    seen: int | None,
    decide: _Decide,
    done: str,
    *,
    as_json: bool,
) -> None:
    """Decide each issue in a transaction of its own. One that is refused does not keep the others from it."""
    if seen and len(issues) > 1:
        raise click.UsageError("--seen is about one issue.")
    user_id = at.account().id
    viewing.get(at.sessions, user_id, job)
    outcome = _Outcome()
    try:
        for issue in dict.fromkeys(issues):
            try:
                with health.answering():
                    case = cases.get(at.sessions, user_id, job, issue)
                    decide(Seen(user_id, job, issue, seen or case.version), case)
                outcome.decided.append(issue)
            except IngestionError as error:
                outcome.refused[issue] = error
            if not as_json:
                _tell(issue, done, outcome.refused.get(issue))
        left = outcome.open_issues = viewing.get(at.sessions, user_id, job).open_issues
    finally:  # however it ends, what is decided is told
        if as_json:
            document(outcome.data)
    if outcome.decided and not as_json:
        line(f"{words.count(left, 'open issue')} left.{'' if left else f' Next: ingest finalize {job}'}")
    if outcome.refused:
        raise Ended(max(map(code_of, outcome.refused.values())))


def _tell(issue: int, done: str, refusal: IngestionError | None) -> None:
    if refusal is None:
        line(f"Issue {issue}: {done}.")
    else:
        say(f"Issue {issue}: {refusal}")


COMMANDS = [resolve]
