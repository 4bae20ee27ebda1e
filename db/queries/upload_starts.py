"""When uploads began, also those that are gone."""

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Session

_BEGUN = text("""
    SELECT clock_timestamp() - begun_at
      FROM ((SELECT created_at AS begun_at
               FROM jobs WHERE user_id = :user ORDER BY id DESC LIMIT :number)
            UNION ALL
            SELECT CAST(detail_json ->> 'uploaded_at' AS timestamptz)
              FROM audit_log AS entry
             WHERE action = 'delete_upload'
               AND at > now() - :within
               AND CAST(detail_json ->> 'uploaded_by' AS bigint) = :user
               AND detail_json ->> 'uploaded_at' IS NOT NULL
               AND NOT EXISTS (SELECT FROM jobs WHERE jobs.id = entry.job_id)) AS begun
     ORDER BY begun_at DESC OFFSET :number - 1 LIMIT 1
""")
"""What is gone was deleted later than it began: the log of the same time has all of it that counts."""


def age_of_newest(
    session: Session, user_id: int, number: int, *, within: dt.timedelta
) -> dt.timedelta | None:
    """How long ago the user's newest upload but `number` - 1 began. None: there is none.

    Deleted ones count; those that are purged too, if they were deleted `within` this time.
    """
    given = {"user": user_id, "number": number, "within": within}
    age: dt.timedelta | None = session.scalar(_BEGUN, given)
    return age
