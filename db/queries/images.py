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
from db.models import BeforeImage, ResolutionRow

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


def is_kept(session: Session, job_id: int, decision: int) -> bool:
    """Whether it is known what a decision touched."""
    kept = exists().where(ResolutionRow.job_id == job_id, ResolutionRow.resolution_id == decision)
    return bool(session.scalar(select(kept)))


def delete_of_job(session: Session, job_id: int) -> None:
    """Remove what was kept of a job's decisions."""
    for table in (BeforeImage, ResolutionRow):
        session.execute(delete(table).where(table.job_id == job_id))


def _columns(pairs: Collection[tuple[int, int | str]], first: str, second: str) -> dict[str, str]:
    return {first: as_array(one for one, _ in pairs), second: as_array(other for _, other in pairs)}
