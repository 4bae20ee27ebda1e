"""Who may sign in, who is signed in, and what keeps others from it."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, now, row_id


class User(Base):
    """Somebody who may sign in, unless deactivated. Users are never deleted: decisions name them."""

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
    created_at: Mapped[dt.datetime] = now()
    deactivated_at: Mapped[dt.datetime | None]


class UserSession(Base):
    """One sign-in. Tokens are stored hashed; a ticket is exchanged once for the token of the cookie.

    `user_agent` and `address` are the browser's, so that its owner knows it again in a list.
    """

    __tablename__ = "sessions"

    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    ticket_expires_at: Mapped[dt.datetime | None]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = now()
    seen_at: Mapped[dt.datetime] = now()
    expires_at: Mapped[dt.datetime]
    idle_limit: Mapped[dt.timedelta] = mapped_column(server_default=text("interval '30 minutes'"))
    """It ends so long after `seen_at`."""
    revoked_at: Mapped[dt.datetime | None]
    user_agent: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")


class KnownBrowser(Base):
    """A browser in which somebody signed in before: wrong passwords that others send do not keep it out."""

    __tablename__ = "known_browsers"

    id: Mapped[int] = row_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = now()
    seen_at: Mapped[dt.datetime] = now()


class AccessLink(Base):
    """A link that is good once: an invitation to make an account, or a way to set a new password."""

    __tablename__ = "access_links"
    __table_args__ = (
        CheckConstraint("kind IN ('invitation', 'reset')", name="kind"),
        CheckConstraint("(kind = 'reset') = (user_id IS NOT NULL)", name="whose"),
        CheckConstraint("(kind = 'invitation') = (email IS NOT NULL AND role IS NOT NULL)", name="for_whom"),
        CheckConstraint("role IN ('operator', 'reviewer', 'administrator')", name="role"),
    )

    id: Mapped[int] = row_id()
    kind: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str | None]
    role: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: by a command."""
    created_at: Mapped[dt.datetime] = now()
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class Throttle(Base):
    """How often something failed lately, and until when it is not tried again. Keys are hashed."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    failed_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"), index=True)
    blocked_until: Mapped[dt.datetime | None]
