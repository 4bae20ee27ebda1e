"""Uploads: the list of them, and one."""

from typing import Any

import click

from cli import options, uploads_shown
from cli.installation import Installation, pass_installation
from cli.showing import document, fields, line, moment, say, table
from ingestion import finalization, review, viewing, words
from ingestion.finalization import Balance
from ingestion.rules.issues import KINDS
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission, Role, without_upload
from ingestion.viewing import Upload, Whose


@click.command(short_help="List uploads.")
@click.option("--mine", "whose", flag_value=Whose.MINE.value, help="Only what you uploaded.")
@click.option("--shared", "whose", flag_value=Whose.SHARED.value, help="Only what others share with you.")
@click.option("--all", "whose", flag_value=Whose.EVERYBODYS.value, help="Everybody's; for administrators.")
@click.option("--before", type=options.Id(), metavar="JOB", help="Those older than this one.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=viewing.PAGE_SIZE,
    show_default=True,
    help="So many at most.",
)
@options.as_json
@pass_installation
def jobs(at: Installation, whose: str | None, before: int | None, limit: int, as_json: bool) -> None:
    """List uploads, newest first: your own and those shared with you, unless said otherwise.

    \b
      ingest jobs --mine --limit 5
    """
    found = _found(at, Whose(whose) if whose else None, before, limit)
    if as_json:
        document([uploads_shown.as_data(upload) for upload in found])
    elif not found:
        may_upload = Permission.UPLOAD in without_upload(Role(at.account().role))
        say("There is no upload here." + (" Upload a file with: ingest upload FILE" if may_upload else ""))
    else:
        uploads_shown.listed(found)
        if len(found) == limit:
            say(f"There may be more: --before {found[-1].id}")


@click.command("job", short_help="Show one upload.")
@options.job
@options.as_json
@pass_installation
def one(at: Installation, job: int, as_json: bool) -> None:
    """Show one upload: where it stands, its issues in numbers, and what to do next.

    \b
      ingest job 12
    """
    user_id = at.account().id
    upload = viewing.get(at.sessions, user_id, job)
    counts = review.counts(at.sessions, user_id, job)
    balance = _balance(at, user_id, upload)
    if as_json:
        issues = {kind: {"open": opened, "settled": settled} for kind, (opened, settled) in counts.items()}
        document({**uploads_shown.as_data(upload), "issues": issues, "balance": balance})
        return
    _show(upload, balance)
    if counts:
        line()
        rows = [(KINDS[kind].title, opened, settled) for kind, (opened, settled) in counts.items()]
        table(("Issue", "Open", "Settled"), rows, numbers=("Open", "Settled"))
    if step := uploads_shown.next_step(upload):
        line()
        line(f"Next: {step}")


def _found(at: Installation, whose: Whose | None, before: int | None, limit: int) -> list[Upload]:
    user_id = at.account().id
    found: list[Upload] = []
    while len(found) < limit:
        page = viewing.listed(at.sessions, user_id, whose, before=found[-1].id if found else before)
        found += page
        if len(page) < viewing.PAGE_SIZE:
            break
    return found[:limit]


def _balance(at: Installation, user_id: int, upload: Upload) -> Balance | None:
    """What its rows became, or would become now; None before they are checked."""
    if not upload.is_checked:
        return None
    if upload.status is JobStatus.COMPLETED:
        return finalization.result(at.sessions, user_id, upload.id)
    return finalization.preview(at.sessions, user_id, upload.id)


def _show(upload: Upload, balance: Balance | None) -> None:
    pairs: list[tuple[str, Any]] = [
        ("Upload", str(upload.id)),
        ("File", upload.filename),
        ("Status", words.status(upload)),
        ("Owner", upload.owner),
        ("Size", words.size(upload.file_size)),
        ("Uploaded (UTC)", moment(upload.created_at)),
        ("Completed (UTC)", moment(upload.completed_at)),
        ("Reason", upload.error_message),
    ]
    if upload.in_flight:
        pairs.append(("Progress", words.pace(upload)))
    if balance is not None:
        pairs += [
            ("Rows", balance.total_rows),
            ("Contacts", balance.contacts),
            ("Still to decide", balance.waiting),
            ("Left out", balance.left_out),
            ("Settled duplicates", balance.duplicates),
            ("Repeats", balance.collapsed),
        ]
    fields(pairs)


COMMANDS = [jobs, one]
