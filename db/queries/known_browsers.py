"""Browsers in which somebody signed in before. Times are the database's own."""

import datetime as dt

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.models import KnownBrowser, User


def add(session: Session, user_id: int, token_hash: str) -> None:
    """Remember a browser of this user."""
    session.add(KnownBrowser(user_id=user_id, token_hash=token_hash))
    session.flush()


def is_known(session: Session, email: str, token_hash: str, lasts: dt.timedelta) -> bool:
    """Whether the user with this normalized address signed in there, no longer ago than it `lasts`."""
    found = session.scalar(
        select(KnownBrowser.id)
        .join(User, User.id == KnownBrowser.user_id)
        .where(
            KnownBrowser.token_hash == token_hash,
            KnownBrowser.seen_at > func.now() - lasts,
            User.email == email,
        )
    )
    return found is not None


def remove(session: Session, token_hash: str) -> None:
    """Forget one browser, whosever it is."""
    session.execute(delete(KnownBrowser).where(KnownBrowser.token_hash == token_hash))


def forget(session: Session, user_id: int) -> None:
    """Forget all browsers of a user."""
    session.execute(delete(KnownBrowser).where(KnownBrowser.user_id == user_id))


def keep_newest(session: Session, user_id: int, number: int) -> None:
    """Forget a user's browsers but for the newest so many."""
    mine = select(KnownBrowser.id).where(KnownBrowser.user_id == user_id)
    newest = mine.order_by(KnownBrowser.id.desc()).limit(number)
    session.execute(
        delete(KnownBrowser).where(KnownBrowser.user_id == user_id, KnownBrowser.id.not_in(newest))
    )


def remove_old(session: Session, lasts: dt.timedelta) -> None:
    """Delete those in which nobody signed in for as long as they last."""
    session.execute(delete(KnownBrowser).where(KnownBrowser.seen_at < func.now() - lasts))
