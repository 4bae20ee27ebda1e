"""The decision log: append-only, by row and e-mail."""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, any_, func, select, text
from sqlalchemy.orm import Session

from db.arrays import as_array, numbers
from db.models import BulkDecision, IssueResolution, User
from db.queries.people import name_of_decider


class Entry(NamedTuple):
    """What the log says of a decision."""

    action: str
    issue_type: str
    row_number: int | None = None
    email: str | None = None
    cells: Sequence[str] | None = None


class ResolutionEntry(NamedTuple):
    """An entry of the decision log and who made it."""

    resolution: IssueResolution
    decided_by: str


def record(
    session: Session,
    job_id: int,
    decided_by: int,
    entries: Sequence[Entry],
    *,
    batch_id: UUID | None = None,
    caused_by: Sequence[int | None] | None = None,
) -> list[int]:
    """Append to the log; the id of each entry, ascending. `caused_by` names the decision behind each."""
    ids = session.scalars(
        text("""
        INSERT INTO issue_resolutions
               (job_id, action, issue_type, row_number, email, values_json, decided_by, batch_id, caused_by)
        SELECT :job, action, issue_type, row_number, email, values_json::jsonb, :by, :batch, caused_by
          FROM unnest(CAST(:actions AS text[]), CAST(:types AS text[]), CAST(:rows AS bigint[]),
                      CAST(:emails AS text[]), CAST(:values AS text[]), CAST(:causes AS bigint[]))
               WITH ORDINALITY
               entry (action, issue_type, row_number, email, values_json, caused_by, place)
         ORDER BY place
        RETURNING id
        """),
        {
            "job": job_id,
            "by": decided_by,
            "batch": batch_id,
            "actions": as_array(entry.action for entry in entries),
            "types": as_array(entry.issue_type for entry in entries),
            "rows": as_array(entry.row_number for entry in entries),
            "emails": as_array(entry.email for entry in entries),
            "values": as_array(None if entry.cells is None else json.dumps(entry.cells) for entry in entries),
            "causes": as_array(caused_by or [None] * len(entries)),
        },
    )
    return sorted(ids)


def actions(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The actions of entries."""
    query = select(IssueResolution.id, IssueResolution.action).where(IssueResolution.id == any_(numbers(ids)))
    return dict(iter(session.execute(query)))


def last_resolution_id(session: Session, job_id: int) -> int | None:
    """The newest entry of a job's log."""
    return session.scalar(select(func.max(IssueResolution.id)).where(IssueResolution.job_id == job_id))


def count_decisions(session: Session, job_id: int) -> int:
    """How many entries of a job's log somebody made, rather than that they followed from another."""
    made = (IssueResolution.job_id == job_id) & IssueResolution.caused_by.is_(None)
    return int(session.execute(select(func.count()).select_from(IssueResolution).where(made)).scalar_one())


def get(session: Session, resolution_id: int) -> ResolutionEntry:
    """An entry of the log."""
    return ResolutionEntry(*session.execute(_entries().where(IssueResolution.id == resolution_id)).one())


def find(session: Session, job_id: int, resolution_id: int) -> ResolutionEntry | None:
    """An entry of a job's log."""
    of_job = IssueResolution.job_id == job_id
    found = session.execute(_entries().where(of_job, IssueResolution.id == resolution_id)).first()
    return ResolutionEntry(*found) if found else None


def record_undo(session: Session, undone: IssueResolution, first: int, decided_by: int) -> None:
    """Append an undo to the log; `first` is the first decision of those made together."""
    session.add(
        IssueResolution(
            job_id=undone.job_id,
            action="undo",
            issue_type=undone.issue_type,
            row_number=undone.row_number,
            email=undone.email,
            decided_by=decided_by,
            reverses=first,
        )
    )
    session.flush()


def undo_of(session: Session, first: int) -> ResolutionEntry | None:
    """The undo of a decision, or of those of which it is the first, if there is one."""
    found = session.execute(_entries().where(IssueResolution.reverses == first)).first()
    return ResolutionEntry(*found) if found else None


def add_bulk(
    session: Session,
    job_id: int,
    batch_id: UUID,
    first: int,
    request: dict[str, object],
    decided: dict[str, int],
) -> None:
    """Note that the decisions of a batch, of which `first` is the first, were made as one."""
    bulk = BulkDecision(
        id=batch_id, job_id=job_id, first_resolution_id=first, request_json=request, decided_json=decided
    )
    session.add(bulk)
    session.flush()


def _entries() -> Select[IssueResolution, str]:
    who = User.id == IssueResolution.decided_by
    return select(IssueResolution, name_of_decider()).join(User, who)
