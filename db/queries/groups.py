"""Duplicate groups and their members, many in one statement. A group is named by its normalized e-mail."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import any_, delete, select, text
from sqlalchemy.orm import Session

from db.arrays import as_array, texts
from db.models import Issue, IssueRow

DUPLICATE_EMAIL = "DUPLICATE_EMAIL"

Payload = Mapping[str, str | int]
"""What an issue says of its group."""


class Group(NamedTuple):
    """The issue of a group."""

    issue_id: int
    email: str
    is_open: bool
    resolution_id: int | None


def of_emails(session: Session, job_id: int, emails: Collection[str]) -> dict[str, Group]:
    """The groups of those of the e-mails that were ever asked about."""
    query = select(Issue.id, Issue.key, Issue.status == "OPEN", Issue.resolution_id).where(
        Issue.job_id == job_id, Issue.type == DUPLICATE_EMAIL, Issue.key == any_(texts(emails))
    )
    return {group.email: group for group in (Group(*row) for row in session.execute(query))}


def members(session: Session, job_id: int, emails: Collection[str]) -> dict[str, list[int]]:
    """Of each e-mail the row numbers of its group, in file order; none where there is no group."""
    query = select(IssueRow.email, IssueRow.row_number).where(
        IssueRow.job_id == job_id, IssueRow.email == any_(texts(emails))
    )
    found: dict[str, list[int]] = {email: [] for email in emails}
    for email, row_number in session.execute(query.order_by(IssueRow.email, IssueRow.row_number)):
        found[email].append(row_number)
    return found


def set_members(session: Session, job_id: int, members: Mapping[str, Sequence[int]]) -> None:
    """Replace the members of groups."""
    gone = delete(IssueRow).where(IssueRow.job_id == job_id, IssueRow.email == any_(texts(members)))
    session.execute(gone, execution_options={"synchronize_session": False})
    session.execute(
        text("""
        INSERT INTO issue_rows (job_id, email, row_number)
        SELECT :job, email, row_number
          FROM unnest(CAST(:emails AS text[]), CAST(:rows AS bigint[])) member (email, row_number)
        """),
        {
            "job": job_id,
            "emails": as_array(email for email, numbers in members.items() for _ in numbers),
            "rows": as_array(number for numbers in members.values() for number in numbers),
        },
    )


def add(session: Session, job_id: int, first_rows: Mapping[str, tuple[int, Payload]]) -> None:
    """Ask about e-mails: of each its first row, and what the issue says."""
    session.execute(
        text("""
        INSERT INTO issues (job_id, type, key, row_number, payload_json)
        SELECT :job, 'DUPLICATE_EMAIL', email, row_number, payload::jsonb
          FROM unnest(CAST(:emails AS text[]), CAST(:rows AS bigint[]), CAST(:payloads AS text[]))
                   asked (email, row_number, payload)
         ORDER BY row_number
        """),
        {
            "job": job_id,
            "emails": as_array(first_rows),
            "rows": as_array(row for row, _ in first_rows.values()),
            "payloads": as_array(json.dumps(payload) for _, payload in first_rows.values()),
        },
    )


def describe(session: Session, described: Mapping[int, tuple[int, Payload]]) -> None:
    """Have groups, by their issue, say what they are about now: of each its first row, and in words."""
    session.execute(
        text("""
        UPDATE issues SET row_number = now.row_number,
                          payload_json = now.payload::jsonb, version = version + 1
          FROM unnest(CAST(:issues AS bigint[]), CAST(:rows AS bigint[]), CAST(:payloads AS text[]))
                   now (issue, row_number, payload)
         WHERE issues.id = now.issue
        """),
        {
            "issues": as_array(described),
            "rows": as_array(row for row, _ in described.values()),
            "payloads": as_array(json.dumps(payload) for _, payload in described.values()),
        },
    )
