"""What people did to the installation."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models import AuditEntry


def add(
    session: Session, *, action: str, user_id: int | None, job_id: int | None, detail: dict[str, Any]
) -> None:
    """Write down what somebody did; without a user the product did it by itself."""
    session.execute(
        insert(AuditEntry).values(action=action, user_id=user_id, job_id=job_id, detail_json=detail)
    )
