"""Settling many issues with one answer: shown first, then asked about, then done as one decision."""

from typing import Any

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.options import Named
from cli.showing import document, line, table
from ingestion import bulk, words
from ingestion.bulk import Example, Outcome, Request
from ingestion.rules.bulk import ACTION, FIELD, BulkAnswer
from ingestion.rules.issues import KINDS, IssueType

_EXAMPLES = 3
_answer = Named([str(answer) for answer in BulkAnswer])


@click.command()
@options.job
@click.argument("answer", type=_answer, metavar="ANSWER")
@options.types
@options.search
@click.option(
    "--issue",
    "issues",
    type=options.Id(),
    multiple=True,
    metavar="ISSUE",
    help="Only this one; may be repeated.",
)
@click.option("--value", help="With set-value: what the field is set to.")
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
@options.yes
@options.as_json
@pass_installation
def many(
    at: Installation,
    job: int,
    answer: str,
    kinds: tuple[str, ...],
    search: str,
    issues: tuple[int, ...],
    value: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Give one answer to all open issues of some kinds, or that a search finds.

    What it would do is shown first, with examples, and asked about unless --yes. Where the upload changes in
    between nothing is decided. It is one decision, which ingest undo takes back.

    \b
    ANSWER is one of:
      keep-first, keep-last, keep-most-complete   a row of each group
      fill-blanks       the first row, its blanks filled from the others
      fill-repeats      the same of rows that repeat each other, which nobody is asked about
      accept            fields stay blank, broken rows stay as they are shown
      skip              rows are left out
      set-value         with --type and --value: one value for the blank field

    \b
      ingest resolve many 12 keep-most-complete --type duplicate-email --dry-run
      ingest resolve many 12 set-value --type missing-company --value Private --yes
    """
    request = _request(BulkAnswer(answer), kinds, search, issues, value)
    user_id = at.account().id
    told = bulk.preview(at.sessions, user_id, job, request)
    number = told.decided.total()
    if not as_json:
        _show(request, told, examples=0 if yes and not dry_run else _EXAMPLES)
    if not dry_run and number:
        options.agreed(f"Decide {words.count(number, 'issue')}?", yes=yes)
    if not dry_run:
        told = bulk.carry_out(at.sessions, at.account().id, job, request, expected=number)
    if as_json:
        document({**_data(told), "is_done": not dry_run})
    elif not dry_run:
        line(f"{words.count(number, 'issue')} decided. To take it back: ingest undo {job}")


def _request(
    answer: BulkAnswer, kinds: tuple[str, ...], search: str, issues: tuple[int, ...], value: str | None
) -> Request:
    types = tuple(IssueType(kind) for kind in kinds)
    if answer is BulkAnswer.SET_VALUE:
        if value is None or len(types) != 1 or types[0] not in FIELD:
            names = ", ".join(Named([str(kind) for kind in FIELD]).names)
            raise click.UsageError(f"set-value needs a --value, and one --type of: {names}.")
    elif value is not None:
        raise click.UsageError("--value goes with set-value.")
    return Request(answer, types, search, issues, value or "")


def _show(request: Request, told: Outcome, *, examples: int) -> None:
    line(f"{words.ANSWER[request.answer]}:")
    for kind, number in told.decided.items():
        line(f"{KINDS[kind].title}: {words.count(number, 'issue')}")
    if told.rows:
        line(f"{words.ROWS[ACTION[request.answer]]}: {told.rows:,}")
    for reason, number in told.refused.items():
        line(f"Left open, {words.count(number, 'issue')}: {reason}")
    for example in told.examples[:examples]:
        _example(told, example)


def _example(told: Outcome, example: Example) -> None:
    line()
    is_group = example.type is IssueType.DUPLICATE_EMAIL
    becomes = "" if example.after else ": left out"
    line(f"For example {example.subject if is_group else f'row {example.subject}'}{becomes}")
    heads = ["Column", *(f"Row {number:,}" for number in example.row_numbers)]
    rows = [*example.before, *([example.after] if example.after else [])]
    columns = sorted({*told.own_columns, *example.differing})
    table(
        heads + ["What is kept"] * bool(example.after),
        [(told.columns[at], *(row[at] for row in rows)) for at in columns],
    )


def _data(told: Outcome) -> dict[str, Any]:
    return {
        "decided": {str(kind): number for kind, number in told.decided.items()},
        "rows": told.rows,
        "refused": dict(told.refused),
        "examples": told.examples,
    }
