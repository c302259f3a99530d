"""People of the distributor who work in the console."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models.base import Base


class StaffUserRow(Base):
    __tablename__ = "staff_users"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    """manager, trainer or admin."""
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    password_changed_at: Mapped[datetime | None]
    """None: it is still the one of ADMIN_PASSWORD."""
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    """The password was given by an admin: the person sets their own at the first login."""
    totp_secret: Mapped[str] = mapped_column(server_default="")
    """Encrypted; empty: no second factor."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The period of the code that was accepted last: a code is good once."""
    alert_conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"), unique=True)
    """This person's own chat with the bot, where alerts go."""
    alert_hours: Mapped[str] = mapped_column(server_default="work")
    """When they go: work (in working hours), or always."""
    link_digest: Mapped[str] = mapped_column(server_default="")
    """Of the one-time word that ties that chat to the login, good until `link_expires_at`."""
    link_expires_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A login in a browser; deleting the row ends it everywhere at once."""

    __tablename__ = "staff_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """A digest of the cookie: who reads the table, or a page with the list of sessions, has no session."""
    user_id: Mapped[int] = mapped_column(ForeignKey("staff_users.id"))
    csrf: Mapped[str]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(server_default="")
    browser: Mapped[str] = mapped_column(server_default="")
    second_factor: Mapped[bool] = mapped_column(server_default=text("true"))
    """False: the password was right, the code is still to come; nothing else is open until then."""


class LoginAttemptRow(Base):
    """Noted as failed before the password is looked at, so that attempts at the same time are counted too."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    login: Mapped[str]
    """Of a person, else a digest: people type passwords into the wrong field."""
    address: Mapped[str]
    browser: Mapped[str] = mapped_column(server_default="")
    """Which of the browsers that this person has logged in with before; empty: none of them."""
    kind: Mapped[str] = mapped_column(server_default="password")
    """password or code."""
    succeeded: Mapped[bool]


class AuditRow(Base):
    """Who changed what, and when."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at", "id"),
        Index("ix_audit_log_actor", "actor", "at", "id"),
        Index("ix_audit_log_action", "action", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
