"""What people are called."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Text, literal_column, select
from sqlalchemy.orm import Session

from db.models import User


def full_name(users: str = User.__tablename__) -> str:
    """The name of the user who is joined, as SQL; `users` is what the table is called there."""
    return f"btrim({users}.first_name || ' ' || {users}.last_name)"


def name_of_decider() -> ColumnElement[str]:
    """The same for a query by the models."""
    return literal_column(full_name(), Text())


def names(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """The names of some users, by their ids."""
    query = select(User.id, name_of_decider()).where(User.id.in_(user_ids))
    return dict(iter(session.execute(query)))


def name(session: Session, user_id: int) -> str:
    """A user's name."""
    return session.execute(select(name_of_decider()).select_from(User).where(User.id == user_id)).scalar_one()
