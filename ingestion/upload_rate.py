"""How many files an account may begin to upload within an hour."""

import datetime as dt

from sqlalchemy.orm import Session

from db.queries import accounts, upload_starts
from ingestion.errors import TooManyUploads
from ingestion.rules.pauses import in_words

_WINDOW = dt.timedelta(hours=1)


def require_room(session: Session, user_id: int, per_hour: int | None) -> None:
    """Before a job is added in this transaction; `per_hour` None: as many as they like.

    Deleted uploads count like others: nobody gets room by deleting. Of an account's uploads that begin at the
    same time each waits here for the one before. Raises TooManyUploads, which says when the next is possible.
    """
    if per_hour is None:
        return
    accounts.lock(session, user_id)
    age = upload_starts.age_of_newest(session, user_id, per_hour, within=_WINDOW)
    if age is not None and age < _WINDOW:
        raise TooManyUploads(
            f"You uploaded {per_hour:,} {'file' if per_hour == 1 else 'files'} within an hour, which is the "
            f"most. The next can be uploaded in {in_words((_WINDOW - age).total_seconds())}."
        )
