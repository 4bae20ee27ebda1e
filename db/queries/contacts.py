"""Final contacts: made from rows and decisions by joins, never by a rule of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from db.copying import copy_out
from db.models import FinalContact, Finalization

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


@dataclass(frozen=True)
class Layout:
    """Where in a row the contact's fields stand, and which other columns follow, as 0-based indexes."""

    email: int
    first_name: int | None
    last_name: int | None
    company: int | None
    width: int

    @property
    def others(self) -> list[int]:
        """The columns that are none of the contact's own fields, in file order."""
        own = {self.email, self.first_name, self.last_name, self.company}
        return [index for index in range(self.width) if index not in own]


class Counts(NamedTuple):
    """What became of the rows: total = contacts + skipped + duplicates + collapsed."""

    total: int
    contacts: int
    skipped: int
    duplicates: int
    collapsed: int


_DECIDED = """
    decided AS (
        SELECT issue.key AS email, resolution.row_number, resolution.values_json
          FROM issues issue
          JOIN issue_resolutions resolution ON resolution.id = issue.resolution_id
         WHERE issue.job_id = :job AND issue.type = 'DUPLICATE_EMAIL' AND issue.status = 'RESOLVED'
           AND resolution.caused_by IS NULL AND resolution.action IN ('choose', 'merge')
    )"""


def replace(session: Session, job_id: int, layout: Layout, whitespace: str) -> int:
    """Make the job's contacts anew; returns how many.

    Of each e-mail the chosen or merged record, else its first valid row. The contact's own fields are trimmed
    of `whitespace`; other columns stay as they are.
    """
    session.execute(delete(FinalContact).where(FinalContact.job_id == job_id))
    others = ", ".join(f"cells ->> {index}" for index in layout.others)
    made = session.execute(
        text(f"""
        WITH {_DECIDED},
        survivor AS (
            SELECT normalized_email AS email, min(row_number) AS row_number, NULL::jsonb AS merged
              FROM current_rows
             WHERE job_id = :job AND is_valid
               AND NOT EXISTS (SELECT FROM decided WHERE decided.email = normalized_email)
             GROUP BY normalized_email
             UNION ALL
            SELECT email, row_number, values_json FROM decided
        ),
        record AS (
            SELECT survivor.email, survivor.row_number, coalesce(survivor.merged, row.data_json) AS cells
              FROM survivor
              JOIN current_rows row ON row.job_id = :job AND row.row_number = survivor.row_number
        )
        INSERT INTO final_contacts (job_id, email, first_name, last_name, company, other_json, row_number)
        SELECT :job, email, {_cell(layout.first_name)}, {_cell(layout.last_name)}, {_cell(layout.company)},
               to_jsonb(ARRAY[{others}]::text[]), row_number
          FROM record
         ORDER BY email COLLATE "C"
        RETURNING 1
        """),
        {"job": job_id, "whitespace": whitespace},
    )
    return made.rowcount  # type: ignore[attr-defined, no-any-return]


def count(session: Session, job_id: int) -> Counts:
    """What becomes of the job's rows if it is finalized now; open groups count as undecided: not at all."""
    row = session.execute(
        text(f"""
        WITH {_DECIDED},
        valid AS (
            SELECT normalized_email AS email, count(*) AS rows FROM current_rows
             WHERE job_id = :job AND is_valid GROUP BY normalized_email
        )
        SELECT (SELECT count(*) FROM raw_rows WHERE job_id = :job),
               count(*),
               (SELECT count(*) FROM row_edits WHERE job_id = :job AND is_skipped),
               coalesce(sum(rows - 1) FILTER (WHERE decided.email IS NOT NULL), 0),
               coalesce(sum(rows - 1) FILTER (WHERE decided.email IS NULL), 0)
          FROM valid LEFT JOIN decided USING (email)
        """),
        {"job": job_id},
    ).one()
    return Counts(*(int(number) for number in row))


def add_finalization(session: Session, **values: object) -> None:
    """Record a version of the job's contacts; versions count from 1."""
    job_id = values["job_id"]
    version = select(func.coalesce(func.max(Finalization.version), 0) + 1).where(
        Finalization.job_id == job_id
    )
    session.execute(insert(Finalization).values(version=version.scalar_subquery(), **values))


def newest_finalization(session: Session, job_id: int) -> Finalization | None:
    """The job's newest version."""
    query = select(Finalization).where(Finalization.job_id == job_id).order_by(Finalization.version.desc())
    return session.scalars(query.limit(1)).first()


def page(
    session: Session, job_id: int, *, after: str | None, limit: int, search: str = ""
) -> Sequence[FinalContact]:
    """Contacts in order of their e-mails, after the given one; `search` is looked for in their own fields."""
    query = (
        select(FinalContact).where(FinalContact.job_id == job_id).order_by(FinalContact.email).limit(limit)
    )
    if after is not None:
        query = query.where(FinalContact.email > after)
    if search:
        fields = (FinalContact.email, FinalContact.first_name, FinalContact.last_name, FinalContact.company)
        query = query.where(func.concat_ws(" ", *fields).icontains(search, autoescape=True))
    return session.scalars(query).all()


def write_csv(session: Session, job_id: int, layout: Layout, sink: "SupportsWrite[bytes]") -> None:
    """Write the job's contacts, without a header, in order of their e-mails, columns in file order."""
    own = {
        layout.email: "email",
        layout.first_name: "first_name",
        layout.last_name: "last_name",
        layout.company: "company",
    }
    place = {column: position for position, column in enumerate(layout.others)}
    fields = (
        f"nullif({own[column] if column in own else f'other_json ->> {place[column]}'}, '')"
        for column in range(layout.width)
    )
    copy_out(
        session,
        f"SELECT {', '.join(fields)} FROM final_contacts WHERE job_id = {int(job_id)} ORDER BY email",
        sink,
    )


def _cell(column: int | None) -> str:
    return "''" if column is None else f"btrim(cells ->> {int(column)}, :whitespace)"
