"""Final contacts: made from rows and decisions by joins, never by a rule of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from db.copying import copy_out
from db.models import FinalContact

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


@dataclass(frozen=True)
class Cleaning:
    """What is done to a contact's own fields: some characters are replaced or removed, others trimmed."""

    odd: str
    """Replaced by the character at the same place in `plain`, or removed where there is none."""
    plain: str
    blanks: str
    """Trimmed, the space among them."""

    def parameters(self) -> dict[str, str]:
        """For SQL; `unusual` matches every cell to which more is to be done than trimming spaces."""
        unusual = "".join(sorted({*self.odd, *self.blanks} - {" "}))
        return {"odd": self.odd, "plain": self.plain, "blanks": self.blanks, "unusual": f"[{unusual}]"}


class Counts(NamedTuple):
    """What becomes of the rows: total = contacts + skipped + duplicates + collapsed + waiting."""

    total: int
    contacts: int
    skipped: int
    duplicates: int
    collapsed: int
    waiting: int = 0
    """Rows without a usable e-mail that nobody left out, and rows of groups that nobody settled."""


def keeps_a_record(entry: str) -> str:
    """SQL: whether an entry of the log says which record is kept of a group; `entry` is its name there."""
    return f"{entry}.caused_by IS NULL AND {entry}.action IN ('choose', 'merge')"


DECIDED = f"""
    decided AS (
        SELECT issue.key AS email, resolution.row_number, resolution.values_json, resolution.id AS decision
          FROM issues issue
          JOIN issue_resolutions resolution
            ON resolution.id = issue.resolution_id AND resolution.job_id = issue.job_id
         WHERE issue.job_id = :job AND issue.type = 'DUPLICATE_EMAIL' AND issue.status = 'RESOLVED'
           AND {keeps_a_record("resolution")}
    )"""
"""Of each e-mail the record that somebody chose or merged: its row, its cells if merged, the decision."""


def replace(
    session: Session, job_id: int, layout: Layout, cleaning: Cleaning, sink: "SupportsWrite[bytes]"
) -> int:
    """Make the job's contacts anew and write them to `sink` as `write_csv` would; returns how many.

    Of each e-mail the chosen or merged record, else its first valid row. The contact's own fields are
    cleaned; other columns stay as they are.
    """
    plan_for_many_rows(session)
    session.execute(delete(FinalContact).where(FinalContact.job_id == job_id))
    # By way of a temporary table: what fills one runs on several processors, an INSERT never does; and the
    # export is read from it in half the time that final_contacts takes.
    session.execute(
        text(f"""
        CREATE TEMPORARY TABLE made_contacts ON COMMIT DROP AS
        WITH {DECIDED},
        record AS (
            SELECT row.normalized_email COLLATE "C" AS email, row.row_number,
                   decided.row_number IS DISTINCT FROM row.row_number AS is_not_decided,
                   coalesce(decided.values_json, row.data_json) AS cells
              FROM current_rows row LEFT JOIN decided ON decided.email = row.normalized_email
             WHERE row.job_id = :job AND row.is_valid
        )
        SELECT DISTINCT ON (email) email, {_cell(layout.first_name)} AS first_name,
               {_cell(layout.last_name)} AS last_name, {_cell(layout.company)} AS company,
               {_cells(layout.others)} AS other_json, row_number
          FROM record
         ORDER BY email, is_not_decided, row_number
        """),
        {"job": job_id, **cleaning.parameters()},
    )
    made = session.execute(
        text("""
        INSERT INTO final_contacts (job_id, email, first_name, last_name, company, other_json, row_number)
        SELECT :job, email, first_name, last_name, company, other_json, row_number FROM made_contacts
        """),
        {"job": job_id},
    )
    # Not sorted again: a temporary table is read in the order in which it was filled.
    copy_out(session, f"SELECT {_export(layout)} FROM made_contacts", sink)
    session.execute(text("DROP TABLE made_contacts"))
    return made.rowcount  # type: ignore[attr-defined, no-any-return]


def count_made(session: Session, job_id: int, made: int) -> Counts:
    """What became of the job's rows, of which so many contacts were made, counted from the rows themselves.

    Raises RuntimeError where a row is neither valid nor left out, or a decided group has lost its row.
    """
    plan_for_many_rows(session)
    here = {"job": job_id}
    decided = session.execute(text(f"WITH {DECIDED} SELECT count(*) FROM decided"), here).scalar_one()
    # Two statements: one that looks at the groups twice would run on a single processor.
    total, skipped, valid, of_decided, surviving = session.execute(
        text(f"""
        WITH {DECIDED}
        SELECT count(*),
               count(*) FILTER (WHERE row.is_skipped),
               count(*) FILTER (WHERE row.is_valid),
               count(*) FILTER (WHERE row.is_valid AND decided.email IS NOT NULL),
               count(*) FILTER (WHERE row.is_valid AND decided.row_number = row.row_number)
          FROM current_rows row LEFT JOIN decided ON decided.email = row.normalized_email
         WHERE row.job_id = :job
        """),
        here,
    ).one()
    if total != valid + skipped or surviving != decided:
        raise RuntimeError(
            f"the books of job {job_id} do not balance: {total} rows, {valid} valid, {skipped} left out;"
            f" {decided} groups decided, {surviving} of them with their row"
        )
    return Counts(
        total=total,
        contacts=made,
        skipped=skipped,
        duplicates=of_decided - decided,
        collapsed=(valid - of_decided) - (made - decided),
    )


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
    copy_out(
        session,
        f"SELECT {_export(layout)} FROM final_contacts WHERE job_id = {int(job_id)} ORDER BY email",
        sink,
    )


def stream(session: Session, job_id: int, layout: Layout) -> Iterator[Sequence[str | None]]:
    """The job's contacts as `write_csv` writes them, a blank as None. Use them up, or close the session."""
    found = session.execute(
        text(f"SELECT {_export(layout)} FROM final_contacts WHERE job_id = :job ORDER BY email"),
        {"job": job_id},
        execution_options={"yield_per": 5_000},
    )
    return iter(found)


def count_final(session: Session, job_id: int) -> int:
    """How many contacts the job has."""
    query = select(func.count()).select_from(FinalContact).where(FinalContact.job_id == job_id)
    return session.execute(query).scalar_one()


def _export(layout: Layout) -> str:
    """The columns of an export, in file order. A blank becomes NULL: COPY would write it as two quotes."""
    own = {
        layout.email: "email",
        layout.first_name: "first_name",
        layout.last_name: "last_name",
        layout.company: "company",
    }
    place = {column: position for position, column in enumerate(layout.others)}
    return ", ".join(
        f"nullif({own[column] if column in own else f'other_json ->> {place[column]}'}, '')"
        for column in range(layout.width)
    )


def _cell(column: int | None) -> str:
    if column is None:
        return "''"
    cell = f"cells ->> {int(column)}"
    # Few cells hold anything unusual, and to replace characters takes ten times as long as to look for them.
    return f"""CASE WHEN {cell} ~ :unusual THEN btrim(translate({cell}, :odd, :plain), :blanks)
                    ELSE btrim({cell}) END"""


def _cells(columns: list[int]) -> str:
    """Some of a row's cells as an array. A JSON path cuts them out in half the time of building one anew."""
    spans = ", ".join(f"{first} to {last}" for first, last in _spans(columns))
    return f"jsonb_path_query_array(cells, '$[{spans}]')" if spans else "'[]'::jsonb"


def _spans(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as spans, first and last: 2, 3, 4, 7 are 2 to 4 and 7 to 7."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = spans[-1][0], number
        else:
            spans.append((number, number))
    return spans


def plan_for_many_rows(session: Session) -> None:
    """Keep the planner from plans for a handful of rows until the transaction ends.

    Its statistics may be older than a decision about thousands of groups. Where it expects one group, it may
    look through all of them for each of a million rows; without stale statistics this changes no plan.
    """
    session.execute(text("SET LOCAL enable_nestloop = off"))
