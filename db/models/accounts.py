"""Who may sign in, and who is signed in."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, now, row_id


class User(Base):
    """Somebody who may sign in."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('operator', 'reviewer', 'administrator')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = row_id()
    email: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(server_default="operator")
    failed_sign_ins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = now()


class UserSession(Base):
    """One sign-in. Tokens are stored hashed; a ticket is exchanged once for the token of the cookie."""

    __tablename__ = "sessions"

    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    ticket_expires_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = now()
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
