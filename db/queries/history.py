"""What people decided about an upload, newest first: single decisions, and bulk decisions as one."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.queries.people import full_name


class Entry(NamedTuple):
    """A decision, or those that were made as one. Who undid it, if anybody has."""

    id: int
    """Of the entry in the log; of a bulk decision the first one's."""
    action: str
    issue_type: str
    row_number: int | None
    email: str | None
    decided_by: str
    decided_at: dt.datetime
    undone_by: str | None
    request_json: dict[str, Any] | None
    decided_json: dict[str, Any] | None
    """Also of an undo of those: how many issues of each type."""


@dataclass(frozen=True)
class Filter:
    """Which entries; None and blank mean any."""

    decided_by: int | None = None
    action: str | None = None
    search: str = ""
    """Part of an e-mail, or the number of a row. A bulk decision is found by what it decided about."""
    is_standing: bool = False
    """Only those that hold: neither undone nor an undo."""


_COLUMNS = f"""
               entry.id, entry.action, entry.issue_type, entry.row_number, entry.email,
               {full_name("decider")}, entry.decided_at,
               (SELECT {full_name()}
                  FROM issue_resolutions undo JOIN users ON users.id = undo.decided_by
                 WHERE undo.reverses = entry.id),
               heads.request_json,
               coalesce(heads.decided_json, (
                    SELECT decided_json FROM bulk_decisions WHERE first_resolution_id = entry.reverses))"""
_FROM = """
          FROM heads
          JOIN issue_resolutions entry ON entry.id = heads.id
          JOIN users decider ON decider.id = entry.decided_by"""
"""An Entry of each of `heads`: decisions, of a bulk decision the first one with what was asked for."""


def page(session: Session, job_id: int, which: Filter, *, before: int | None, limit: int) -> list[Entry]:
    """Entries with an id smaller than `before`, newest first."""
    found = session.execute(
        text(f"""
        WITH heads AS (
            SELECT id, NULL::jsonb AS request_json, NULL::jsonb AS decided_json, NULL::uuid AS batch_id
              FROM issue_resolutions
             WHERE job_id = :job AND caused_by IS NULL AND batch_id IS NULL
             UNION ALL
            SELECT first_resolution_id, request_json, decided_json, id FROM bulk_decisions WHERE job_id = :job
        )
        SELECT {_COLUMNS} {_FROM}
         WHERE (CAST(:before AS bigint) IS NULL OR heads.id < :before)
           AND (CAST(:by AS bigint) IS NULL OR entry.decided_by = :by)
           AND (CAST(:action AS text) IS NULL OR entry.action = :action)
           AND (NOT :standing OR entry.action <> 'undo' AND NOT EXISTS (
                SELECT 1 FROM issue_resolutions undo WHERE undo.reverses = entry.id))
           AND (:search = '' OR EXISTS (
                SELECT 1 FROM issue_resolutions about
                 WHERE (about.id = heads.id OR about.batch_id = heads.batch_id) AND (
                       strpos(lower(about.email), lower(:search)) > 0 OR about.row_number::text = :search)))
         ORDER BY heads.id DESC
         LIMIT :limit
        """),
        {
            "job": job_id,
            "before": before,
            "by": which.decided_by,
            "action": which.action,
            "search": which.search.strip(),
            "standing": which.is_standing,
            "limit": limit,
        },
    )
    return [Entry(*row) for row in found]


def about(
    session: Session, job_id: int, email: str, row_numbers: Collection[int], *, limit: int
) -> list[Entry]:
    """Entries about an e-mail or one of some rows, by themselves or by what followed, and their undos.

    Newest first.
    """
    found = session.execute(
        text(f"""
        WITH mentioned AS (
            SELECT coalesce(caused_by, id) AS id FROM issue_resolutions WHERE job_id = :job AND email = :email
             UNION
            SELECT coalesce(caused_by, id) FROM issue_resolutions
             WHERE job_id = :job AND row_number = ANY(:rows)
        ),
        decisions AS (
            SELECT DISTINCT coalesce(bulk.first_resolution_id, made.id) AS id, request_json, decided_json
              FROM mentioned
              JOIN issue_resolutions made USING (id)
              LEFT JOIN bulk_decisions bulk ON bulk.id = made.batch_id
        ),
        heads AS (
            SELECT * FROM decisions
             UNION
            SELECT undo.id, NULL, NULL
              FROM decisions JOIN issue_resolutions undo ON undo.reverses = decisions.id
        )
        SELECT {_COLUMNS} {_FROM}
         ORDER BY heads.id DESC
         LIMIT :limit
        """),
        {"job": job_id, "email": email, "rows": list(row_numbers), "limit": limit},
    )
    return [Entry(*row) for row in found]


def of_decisions(session: Session, ids: Collection[int]) -> dict[int, Entry]:
    """The entry of each of these decisions; of one that was made with others the one for all of them."""
    found = session.execute(
        text(f"""
        WITH heads AS (
            SELECT made.id AS decision, coalesce(bulk.first_resolution_id, made.id) AS id,
                   request_json, decided_json
              FROM issue_resolutions made LEFT JOIN bulk_decisions bulk ON bulk.id = made.batch_id
             WHERE made.id = ANY(:ids)
        )
        SELECT heads.decision, {_COLUMNS} {_FROM}
        """),
        {"ids": list(ids)},
    )
    return {decision: Entry(*entry) for decision, *entry in found}


def people(session: Session, job_id: int) -> dict[int, str]:
    """Who decided about an upload: their ids and names."""
    found = session.execute(
        text(f"""
        SELECT users.id, {full_name()} AS name
          FROM users WHERE EXISTS (
               SELECT 1 FROM issue_resolutions WHERE job_id = :job AND decided_by = users.id)
         ORDER BY name, users.id
        """),
        {"job": job_id},
    )
    return dict(iter(found))
