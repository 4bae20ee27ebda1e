"""What decisions touched, and how that was before: kept so that they can be undone.

A decision is named by its entry in the log that nothing caused. It has touched every row that it is about or
that its consequences are about; a later one that touched one of these stands in the way of its undo. An image
is kept of what a decision changes other than by settling an open issue or by putting values over a row that
had none over it: that much is known without.
"""

from collections.abc import Collection

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from db.arrays import as_array
from db.models import BeforeImage, IssueResolution, ResolutionRow

Pair = tuple[int, int]
"""A decision, and a row's number or an issue's id."""


def touched(session: Session, job_id: int, pairs: Collection[Pair]) -> None:
    """Note which rows decisions touch. A pair may come again."""
    session.execute(
        text("""
        INSERT INTO resolution_rows (job_id, row_number, resolution_id)
        SELECT :job, row_number, resolution_id
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:rows AS bigint[]))
               touched (resolution_id, row_number)
        ON CONFLICT DO NOTHING
        """),
        {"job": job_id, **_columns(pairs, "decisions", "rows")},
    )


def groups_touched(session: Session, job_id: int, about: Collection[tuple[int, str]]) -> list[Pair]:
    """Note that new decisions touch all rows of groups: (decision, e-mail). Returns which."""
    touched = session.execute(
        text("""
        INSERT INTO resolution_rows (job_id, row_number, resolution_id)
        SELECT :job, member.row_number, made.resolution_id
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:emails AS text[])) made (resolution_id, email)
          JOIN issue_rows member ON member.job_id = :job AND member.email = made.email
        RETURNING resolution_id, row_number
        """),
        {"job": job_id, **_columns(about, "decisions", "emails")},
    )
    return [(decision, row) for decision, row in touched]


def keep_rows(session: Session, job_id: int, pairs: Collection[Pair]) -> None:
    """Keep what is put over rows before decisions put something else over them."""
    session.execute(
        text("""
        INSERT INTO before_images (job_id, resolution_id, kind, key, before_json)
        SELECT :job, kept.resolution_id, 'row', edit.row_number, to_jsonb(edit)
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:rows AS bigint[])) kept (resolution_id, row_number)
          JOIN row_edits edit ON edit.job_id = :job AND edit.row_number = kept.row_number
        ON CONFLICT DO NOTHING
        """),
        {"job": job_id, **_columns(pairs, "decisions", "rows")},
    )


def keep_issues(session: Session, pairs: Collection[Pair]) -> None:
    """Keep issues before decisions ask them again, describe them anew, or settle them once more."""
    session.execute(
        text("""
        INSERT INTO before_images (job_id, resolution_id, kind, key, before_json)
        SELECT issue.job_id, kept.resolution_id, 'issue', issue.type || ' ' || issue.key,
               to_jsonb(issue) - '{id,job_id,type,key,version}'::text[]
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:issues AS bigint[])) kept (resolution_id, issue_id)
          JOIN issues issue ON issue.id = kept.issue_id
        ON CONFLICT DO NOTHING
        """),
        _columns(pairs, "decisions", "issues"),
    )


def keep_absent_groups(session: Session, job_id: int, groups: Collection[tuple[int, str]]) -> None:
    """Keep that nobody was asked about these e-mails before."""
    session.execute(
        text("""
        INSERT INTO before_images (job_id, resolution_id, kind, key, before_json)
        SELECT :job, resolution_id, 'issue', 'DUPLICATE_EMAIL ' || email, NULL
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:emails AS text[])) kept (resolution_id, email)
        ON CONFLICT DO NOTHING
        """),
        {"job": job_id, **_columns(groups, "decisions", "emails")},
    )


def keep_members(session: Session, job_id: int, groups: Collection[tuple[int, str]]) -> None:
    """Keep who belongs to these e-mails' groups before decisions change that; it may be nobody."""
    session.execute(
        text("""
        INSERT INTO before_images (job_id, resolution_id, kind, key, before_json)
        SELECT :job, kept.resolution_id, 'members', kept.email,
               coalesce(jsonb_agg(member.row_number ORDER BY member.row_number)
                        FILTER (WHERE member.row_number IS NOT NULL), '[]')
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:emails AS text[])) kept (resolution_id, email)
          LEFT JOIN issue_rows member ON member.job_id = :job AND member.email = kept.email
         GROUP BY 2, 4
        ON CONFLICT DO NOTHING
        """),
        {"job": job_id, **_columns(groups, "decisions", "emails")},
    )


def name(session: Session, decision: IssueResolution) -> int:
    """Say which decisions the functions below are about: this one and those that were made as one with it.

    It holds until the transaction ends or another is named. Returns the first of them.
    """
    # Tables with statistics: what was decided a moment ago the planner does not know yet.
    for statement in _NAME:
        session.execute(
            text(statement),
            {"job": decision.job_id, "decision": decision.id, "batch": decision.batch_id},
        )
    return int(session.execute(text("SELECT min(id) FROM undone")).scalar_one())


def standing_in_the_way(session: Session, job_id: int) -> int | None:
    """The newest later decision that touched a row or looked at an e-mail that these did, if there is one."""
    later: int | None = session.scalar(text(_STANDING_IN_THE_WAY), {"job": job_id})
    return later


def is_kept(session: Session, job_id: int, decision: int) -> bool:
    """Whether it is known what a decision touched."""
    kept = exists().where(ResolutionRow.job_id == job_id, ResolutionRow.resolution_id == decision)
    return bool(session.scalar(select(kept)))


def take_back(session: Session, job_id: int) -> int:
    """Have everything read as before these decisions, which nothing may stand in the way of.

    Whoever has an issue about one of the rows on screen sees that it changed. Returns how many more rows
    are valid for it.
    """
    here = {"job": job_id}
    valid = sum(session.execute(text(statement), here).scalar_one() for statement in _TAKE_BACK_VALUES)
    for statement in _TAKE_BACK:
        session.execute(text(statement), here)
    for statement in _FORGET:
        session.execute(text(statement))
    return int(valid)


def delete_of_job(session: Session, job_id: int) -> None:
    """Remove what was kept of a job's decisions."""
    for table in (BeforeImage, ResolutionRow):
        session.execute(delete(table).where(table.job_id == job_id))


_NAME = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS undone (id bigint PRIMARY KEY) ON COMMIT DROP",
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS undone_rows (row_number bigint, resolution_id bigint)
        ON COMMIT DROP""",
    "TRUNCATE undone, undone_rows",
    """
    INSERT INTO undone
    SELECT id FROM issue_resolutions WHERE caused_by IS NULL AND (id = :decision OR batch_id = :batch)""",
    "ANALYZE undone",
    """
    INSERT INTO undone_rows
    SELECT row_number, resolution_id FROM resolution_rows
     WHERE job_id = :job AND resolution_id IN (SELECT id FROM undone)""",
    "ANALYZE undone_rows",
)

_STANDING_IN_THE_WAY = """
    SELECT max(later) FROM (
        SELECT later.resolution_id AS later
          FROM undone_rows mine
          JOIN resolution_rows later
            ON later.job_id = :job AND later.row_number = mine.row_number
           AND later.resolution_id > mine.resolution_id
         UNION ALL
        SELECT later.resolution_id
          FROM before_images mine
          JOIN before_images later
            ON later.job_id = mine.job_id AND later.kind = 'members' AND later.key = mine.key
           AND later.resolution_id > mine.resolution_id
         WHERE mine.job_id = :job AND mine.kind = 'members'
           AND mine.resolution_id IN (SELECT id FROM undone)
    ) standing WHERE later NOT IN (SELECT id FROM undone)"""

_TAKE_VALUES_OFF = """
    WITH gone AS (
        DELETE FROM row_edits edit USING undone_rows touched
         WHERE edit.job_id = :job AND edit.row_number = touched.row_number
           AND edit.resolution_id = touched.resolution_id
        RETURNING edit.row_number, edit.is_valid
    )
    SELECT coalesce(sum(raw.is_valid::int - gone.is_valid::int), 0)
      FROM gone JOIN raw_rows raw ON raw.job_id = :job AND raw.row_number = gone.row_number"""

_PUT_VALUES_BACK = """
    WITH back AS (
        INSERT INTO row_edits
        SELECT (jsonb_populate_record(NULL::row_edits, before_json)).*
          FROM before_images WHERE resolution_id IN (SELECT id FROM undone) AND kind = 'row'
        RETURNING row_number, is_valid
    )
    SELECT coalesce(sum(back.is_valid::int - raw.is_valid::int), 0)
      FROM back JOIN raw_rows raw ON raw.job_id = :job AND raw.row_number = back.row_number"""

_EMPTY_GROUPS = """
    DELETE FROM issue_rows member USING before_images image
     WHERE image.resolution_id IN (SELECT id FROM undone) AND image.kind = 'members'
       AND member.job_id = :job AND member.email = image.key"""

_FILL_GROUPS = """
    INSERT INTO issue_rows (job_id, email, row_number)
    SELECT :job, key, member::bigint
      FROM before_images, jsonb_array_elements(before_json) member
     WHERE resolution_id IN (SELECT id FROM undone) AND kind = 'members'"""

_FORGET_GROUPS = """
    DELETE FROM issues USING before_images image
     WHERE image.resolution_id IN (SELECT id FROM undone) AND image.kind = 'issue'
       AND image.before_json IS NULL
       AND issues.job_id = :job AND issues.type = split_part(image.key, ' ', 1)
       AND issues.key = substr(image.key, strpos(image.key, ' ') + 1)"""

# Also what is open and shows a row that reads differently: it changes its version alone.
_ASK_AGAIN = """
    WITH entry AS (
        SELECT id FROM undone
         UNION ALL
        SELECT id FROM issue_resolutions WHERE caused_by IN (SELECT id FROM undone)
    ),
    asked AS (
        SELECT id FROM issues WHERE job_id = :job AND resolution_id IN (SELECT id FROM entry)
         UNION
        SELECT issue.id
          FROM issues issue JOIN undone_rows touched USING (row_number)
         WHERE issue.job_id = :job AND issue.status = 'OPEN' AND issue.type <> 'DUPLICATE_EMAIL'
         UNION
        SELECT issue.id
          FROM issues issue
          JOIN issue_rows member ON member.job_id = :job AND member.email = issue.key
          JOIN undone_rows touched ON touched.row_number = member.row_number
         WHERE issue.job_id = :job AND issue.status = 'OPEN' AND issue.type = 'DUPLICATE_EMAIL'
    )
    UPDATE issues SET status = 'OPEN', resolution_id = NULL, version = version + 1
      FROM asked WHERE issues.id = asked.id"""

_RESTORE_ISSUES = """
    UPDATE issues
       SET status = before_json ->> 'status', resolution_id = (before_json ->> 'resolution_id')::bigint,
           row_number = (before_json ->> 'row_number')::bigint, payload_json = before_json -> 'payload_json',
           version = version + 1
      FROM before_images image
     WHERE image.resolution_id IN (SELECT id FROM undone) AND image.kind = 'issue'
       AND image.before_json IS NOT NULL AND issues.job_id = :job
       AND issues.type = split_part(image.key, ' ', 1)
       AND issues.key = substr(image.key, strpos(image.key, ' ') + 1)"""

_FORGET = (
    "DELETE FROM before_images WHERE resolution_id IN (SELECT id FROM undone)",
    "DELETE FROM resolution_rows WHERE resolution_id IN (SELECT id FROM undone)",
)

_TAKE_BACK_VALUES = (_TAKE_VALUES_OFF, _PUT_VALUES_BACK)

_TAKE_BACK = (_EMPTY_GROUPS, _FILL_GROUPS, _FORGET_GROUPS, _ASK_AGAIN, _RESTORE_ISSUES)


def _columns(pairs: Collection[tuple[int, int | str]], first: str, second: str) -> dict[str, str]:
    return {first: as_array(one for one, _ in pairs), second: as_array(other for _, other in pairs)}
