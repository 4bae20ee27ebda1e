"""How complete the columns of an upload are: counted by the database, which reads the cells, not by us."""

from typing import Any

from sqlalchemy.orm import Session

from db.models import Job
from db.queries import inspecting
from db.queries.contacts import Layout
from db.queries.inspecting import Filled, Stage
from ingestion.export import contacts_layout
from ingestion.inspection.columns import FIELDS, FRAMES
from ingestion.inspection.tables import Table, table
from ingestion.rules.cells import BLANKS
from ingestion.viewing import upload_of


def quality(session: Session, job: Job, stage: Stage) -> Table:
    """What stands in each column of the file; an empty table before it is known what its columns are."""
    columns = upload_of(job).contact_columns
    if columns is None:
        return table(FRAMES["quality"], [])
    fields, layout = columns.named(), contacts_layout(job)
    places = _among_contacts(fields, layout) if stage is Stage.CONTACTS else list(range(layout.width))
    rows, valid = inspecting.count_lines(session, job.id, stage)
    width = max(places, default=-1) + 1
    filled = {
        found.place: found for found in inspecting.filled(session, job.id, stage, blanks=BLANKS, width=width)
    }
    lines = [
        _line(name, fields.get(at), rows, valid, filled.get(places[at], Filled(places[at], 0, 0, 0)))
        for at, name in enumerate(job.columns)
    ]
    return table(FRAMES["quality"], lines)


def _among_contacts(fields: dict[int, str], layout: Layout) -> list[int]:
    """Where each of the file's columns stands in a contact: its own fields first, then the others."""
    others = {column: len(FIELDS) + place for place, column in enumerate(layout.others)}
    return [FIELDS.index(fields[at]) if at in fields else others[at] for at in range(layout.width)]


def _line(name: str, field: str | None, rows: int, valid: int, filled: Filled) -> tuple[Any, ...]:
    of_email = (valid, _share(valid, rows)) if field == "email" else (None, None)
    share = _share(filled.cells, rows)
    return (name, field, rows, filled.cells, share, filled.distinct, filled.longest, *of_email)


def _share(part: int, rows: int) -> float | None:
    return part / rows if rows else None
