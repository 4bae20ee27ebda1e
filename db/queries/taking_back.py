"""Everything as before decisions that are taken back, by the images that were kept of it.

`name` says which decisions; what follows is about these.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.models import IssueResolution


def name(session: Session, decision: IssueResolution) -> int:
    """Say which decisions the other functions are about: this one and those that were made as one with it.

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

_IMAGES = """
    (SELECT DISTINCT ON (kind, key) kind, key, before_json
       FROM before_images WHERE resolution_id IN (SELECT id FROM undone)
      ORDER BY kind, key, resolution_id) image"""
"""How all was before the first of the decisions: those that are made as one may change a thing twice."""

_TAKE_VALUES_OFF = """
    WITH gone AS (
        DELETE FROM row_edits edit USING undone_rows touched
         WHERE edit.job_id = :job AND edit.row_number = touched.row_number
           AND edit.resolution_id = touched.resolution_id
        RETURNING edit.row_number, edit.is_valid
    )
    SELECT coalesce(sum(raw.is_valid::int - gone.is_valid::int), 0)
      FROM gone JOIN raw_rows raw ON raw.job_id = :job AND raw.row_number = gone.row_number"""

_PUT_VALUES_BACK = f"""
    WITH back AS (
        INSERT INTO row_edits
        SELECT (jsonb_populate_record(NULL::row_edits, before_json)).*
          FROM {_IMAGES} WHERE kind = 'row'
        RETURNING row_number, is_valid
    )
    SELECT coalesce(sum(back.is_valid::int - raw.is_valid::int), 0)
      FROM back JOIN raw_rows raw ON raw.job_id = :job AND raw.row_number = back.row_number"""

_EMPTY_GROUPS = f"""
    DELETE FROM issue_rows member USING {_IMAGES}
     WHERE image.kind = 'members' AND member.job_id = :job AND member.email = image.key"""

_FILL_GROUPS = f"""
    INSERT INTO issue_rows (job_id, email, row_number)
    SELECT :job, key, member::bigint
      FROM {_IMAGES}, jsonb_array_elements(before_json) member
     WHERE kind = 'members'"""

_FORGET_GROUPS = f"""
    DELETE FROM issues USING {_IMAGES}
     WHERE image.kind = 'issue' AND image.before_json IS NULL
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

_RESTORE_ISSUES = f"""
    UPDATE issues
       SET status = before_json ->> 'status', resolution_id = (before_json ->> 'resolution_id')::bigint,
           row_number = (before_json ->> 'row_number')::bigint, payload_json = before_json -> 'payload_json',
           version = version + 1
      FROM {_IMAGES}
     WHERE image.kind = 'issue' AND image.before_json IS NOT NULL AND issues.job_id = :job
       AND issues.type = split_part(image.key, ' ', 1)
       AND issues.key = substr(image.key, strpos(image.key, ' ') + 1)"""

_FORGET = (
    "DELETE FROM before_images WHERE resolution_id IN (SELECT id FROM undone)",
    "DELETE FROM resolution_rows WHERE resolution_id IN (SELECT id FROM undone)",
)

_TAKE_BACK_VALUES = (_TAKE_VALUES_OFF, _PUT_VALUES_BACK)

_TAKE_BACK = (_EMPTY_GROUPS, _FILL_GROUPS, _FORGET_GROUPS, _ASK_AGAIN, _RESTORE_ISSUES)
