"""The issues of an upload: the list of them, and one with its rows side by side."""

import re
from collections.abc import Sequence
from typing import Any

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.showing import document, fields, line, moment, say, table
from ingestion import cases, review, viewing, words
from ingestion.cases import Case
from ingestion.errors import NotFound
from ingestion.review import IssueSummary, Order, Position
from ingestion.rules.issues import KINDS, Action, IssueType

_COMMAND = {
    Action.CHOOSE: "ingest resolve keep {job} {issue} ROW",
    Action.MERGE: "ingest resolve merge {job} {issue} [--set COLUMN=VALUE]",
    Action.EDIT: "ingest resolve edit {job} {issue} --set COLUMN=VALUE",
    Action.ACCEPT: "ingest resolve accept {job} {issue}",
    Action.SKIP: "ingest resolve skip {job} {issue}",
}
_PLACE = re.compile(r"(?:[A-Z_]+,|-?\d{1,9},)?\d{1,9},\d{1,18}")


@click.command(short_help="List the issues of an upload.")
@options.job
@options.types
@options.search
@click.option(
    "--settled", "which", flag_value="settled", help="Those that are settled, instead of open ones."
)
@click.option("--all", "which", flag_value="all", help="Open and settled ones.")
@click.option(
    "--order",
    type=click.Choice([str(order) for order in Order]),
    default=str(Order.ROW),
    show_default=True,
    help="By row, by kind, or the largest groups first.",
)
@click.option("--after", metavar="PLACE", help="Those after a place, which the page before names.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=review.PAGE_SIZE,
    show_default=True,
    help="So many at most.",
)
@options.as_json
@pass_installation
def issues(
    at: Installation,
    job: int,
    kinds: tuple[str, ...],
    search: str,
    which: str | None,
    order: str,
    after: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the issues of an upload: the questions that only a person can answer.

    \b
      ingest issues 12 --type duplicate-email --search acme
      ingest issues 12 --order size --limit 10
    """
    user_id = at.account().id
    found = review.listed(
        at.sessions,
        user_id,
        job,
        open_only={"settled": False, "all": None}.get(which or "", True),
        types=[IssueType(kind) for kind in kinds],
        search=search,
        order=Order(order),
        after=_position(after, Order(order)),
        limit=limit,
    )
    then = _written(found[-1].position) if len(found) == limit else None
    if as_json:
        document({"issues": [_data(issue) for issue in found], "after": then})
    elif not found:
        is_about_all = not (kinds or search or which or after)
        say("No issue is open." if is_about_all else "No issue is as you ask.")
    else:
        _list(found)
        if then:
            say(f"There may be more: --after={then}")


@click.command("issue", short_help="Show one issue.")
@options.job
@click.argument("issue", type=options.Id())
@click.option(
    "--page",
    type=click.IntRange(min=1),
    default=1,
    help=f"Of a group: rows are shown {cases.CANDIDATES_PER_PAGE} at a time.",
)
@click.option("--all-columns", is_flag=True, help="Of a group also the columns in which its rows are alike.")
@options.as_json
@pass_installation
def one(at: Installation, job: int, issue: int, page: int, all_columns: bool, as_json: bool) -> None:
    """Show one issue: its rows side by side, what may be meant, and which answers it takes.

    \b
      ingest issue 12 345
    """
    user_id = at.account().id
    case = cases.get(at.sessions, user_id, job, issue, page=page - 1)
    if page > _pages(case):
        raise NotFound(f"There is no page {page:,}. The last one of this issue is --page {_pages(case):,}.")
    answers = _answers(job, case) if viewing.get(at.sessions, user_id, job).may_decide else []
    if as_json:
        document({**_case_data(case), "answers": answers})
        return
    _show(case, page, all_columns=all_columns)
    if case.suggestions:
        line()
    for number, suggestion in enumerate(case.suggestions, start=1):
        line(f"Suggestion {number}: {suggestion.value} ({suggestion.reason})")
    if answers:
        line()
        line("Answers:")
        for answer in answers:
            click.echo(f"  {answer}")


def _list(found: Sequence[IssueSummary]) -> None:
    is_any_settled = any(issue.decided_by for issue in found)
    heads = ["Id", "Row", "Issue", "About", "Detail", *["Settled by"] * is_any_settled]
    rows = [
        (
            str(issue.id),
            issue.row_number,
            KINDS[issue.type].title,
            _about(issue),
            issue.detail,
            *[issue.decided_by or ""] * is_any_settled,
        )
        for issue in found
    ]
    table(heads, rows, numbers=("Id", "Row"))


def _about(issue: IssueSummary) -> str:
    about = issue.email if issue.type is IssueType.DUPLICATE_EMAIL else issue.name or issue.email
    return about or "(blank)"


def _data(issue: IssueSummary) -> dict[str, Any]:
    return {
        "id": issue.id,
        "type": issue.type,
        "is_open": issue.is_open,
        "row": issue.row_number,
        "email": issue.email,
        "name": issue.name,
        "detail": issue.detail,
        "settled_by": issue.decided_by,
    }


def _case_data(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "version": case.version,
        "type": case.type,
        "is_open": case.is_open,
        "detail": case.detail,
        "columns": case.columns,
        "rows": [
            {"row": row.row_number, "cells": row.cells, "left_out": row.is_skipped} for row in case.candidates
        ],
        "group_size": case.group_size,
        "differing": [case.columns[at] for at in case.differing],
        "surplus": case.surplus,
        "suggestions": case.suggestions,
        "settled": case.settled,
    }


def _answers(job: int, case: Case) -> list[str]:
    """The commands that settle it, in the order of actions."""
    if case.settled is not None:
        return [f"ingest undo {job} {case.settled.decision}"]
    allowed = KINDS[case.type].actions
    return [_COMMAND[action].format(job=job, issue=case.id) for action in Action if action in allowed]


def _show(case: Case, page: int, *, all_columns: bool) -> None:
    settled = case.settled
    by = f"{words.DECISION[settled.action]}, by {settled.by}, {moment(settled.at)}" if settled else ""
    rows = words.count(case.group_size, "row")
    last = _pages(case)
    fields(
        [
            ("Issue", f"{case.id} (version {case.version})"),
            ("Kind", KINDS[case.type].title),
            ("Detail", case.detail),
            ("Group", f"{case.key}, {rows}" if case.group_size > 1 else ""),
            ("Page", f"{page} of {last}" if last > 1 else ""),
            ("Beyond the header", ", ".join(case.surplus)),
            ("Settled", by),
        ]
    )
    line()
    is_group = case.group_size > 1
    shown = case.compared if is_group and not all_columns else range(len(case.columns))
    heads = [
        "Column",
        *(f"Row {row.row_number:,}{' (left out)' * row.is_skipped}" for row in case.candidates),
    ]
    table(heads, [_line(case, column, is_group) for column in shown])


def _pages(case: Case) -> int:
    return max(1, -(-case.group_size // cases.CANDIDATES_PER_PAGE))


def _line(case: Case, column: int, is_group: bool) -> list[str]:
    mark = " *" if is_group and column in case.differing else ""
    return [f"{case.columns[column]}{mark}", *(row.cells[column] for row in case.candidates)]


def _written(position: Position) -> str:
    return ",".join(map(str, position))


def _position(text: str | None, order: Order) -> Position | None:
    """The place that `_written` wrote. Raises click.UsageError where it is none, or one of another order."""
    if text is None:
        return None
    parts = text.split(",")
    is_named = not parts[0].lstrip("-").isdigit()
    expected = 2 if order is Order.ROW else 3
    if not _PLACE.fullmatch(text) or len(parts) != expected or is_named != (order is Order.TYPE):
        raise click.UsageError(f"--after {text!r} is no place in this order. The page before names one.")
    return tuple(part if at == 0 and is_named else int(part) for at, part in enumerate(parts))


COMMANDS = [issues, one]
