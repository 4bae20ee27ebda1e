"""Who decided what about an upload, and taking it back."""

from typing import Any

import click

from cli import options
from cli.installation import Installation, pass_installation
from cli.showing import document, line, moment, say, table
from ingestion import history, undoing, viewing, words
from ingestion.errors import Conflict, NotFound
from ingestion.history import Decided, Filter
from ingestion.undoing import LaterDecision


@click.command("history", short_help="List decisions.")
@options.job
@click.option("--search", default="", metavar="TEXT", help="An e-mail address or the number of a row.")
@click.option("--before", type=options.Id(), metavar="DECISION", help="Those older than this one.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="So many at most.")
@options.as_json
@pass_installation
def listed(at: Installation, job: int, search: str, before: int | None, limit: int, as_json: bool) -> None:
    """List the decisions about an upload, newest first.

    \b
      ingest history 12
    """
    user_id = at.account().id
    which = Filter(search=search)
    found = history.listed(at.sessions, user_id, job, which, before=before, limit=limit)
    if as_json:
        document([_data(entry) for entry in found])
    elif not found:
        say("Nothing was decided.")
    else:
        rows = [
            (str(entry.id), moment(entry.at), entry.by, words.decision(entry), _about(entry), entry.undone_by)
            for entry in found
        ]
        table(("Id", "When (UTC)", "Who", "Decision", "About", "Undone by"), rows, numbers=("Id",))
        if len(found) == limit:
            say(f"There may be more: --before {found[-1].id}")


@click.command(short_help="Take a decision back.")
@options.job
@click.argument("decision", type=options.Id(), required=False)
@options.as_json
@pass_installation
def undo(at: Installation, job: int, decision: int | None, as_json: bool) -> None:
    """Take a decision back, with all that followed from it: your newest one, or the one named.

    A completed upload goes back to review by that.

    \b
      ingest undo 12
      ingest undo 12 6789
    """
    user_id = at.account().id
    if decision is None:
        last = history.last_of(at.sessions, user_id, job)
        if last is None:
            raise NotFound("You decided nothing about this upload that could be undone.")
        decision = last.id
    try:
        undoing.undo(at.sessions, user_id, job, decision)
    except LaterDecision as error:
        raise Conflict(f"{error} It is decision {error.resolution_id}.") from error
    left = viewing.get(at.sessions, user_id, job).open_issues
    if as_json:
        document({"undone": decision, "open_issues": left})
    else:
        line(f"Decision {decision} is undone. {words.count(left, 'open issue')}.")


def _about(entry: Decided) -> str:
    return entry.subject or words.count(sum(entry.issues.values()), "issue")


def _data(entry: Decided) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "by": entry.by,
        "action": entry.action,
        "answer": entry.answer,
        "issues": {str(kind): number for kind, number in entry.issues.items()},
        "subject": entry.subject,
        "undone_by": entry.undone_by,
    }


COMMANDS = [listed, undo]
