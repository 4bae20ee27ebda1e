"""The tables. What their values mean is decided in `ingestion.rules`; here they are columns and checks."""

from db.models.accounts import AccessLink, KnownBrowser, Throttle, User, UserSession
from db.models.audit import AuditEntry
from db.models.base import Base
from db.models.contacts import FinalContact, Finalization
from db.models.decisions import BeforeImage, BulkDecision, IssueResolution, ResolutionRow
from db.models.issues import Issue, IssueRow
from db.models.jobs import ColumnMapping, Job, Share, Worker
from db.models.rows import CURRENT_ROWS, RawRow, RowEdit

__all__ = [
    "CURRENT_ROWS",
    "AccessLink",
    "AuditEntry",
    "Base",
    "BeforeImage",
    "BulkDecision",
    "ColumnMapping",
    "FinalContact",
    "Finalization",
    "Issue",
    "IssueResolution",
    "IssueRow",
    "Job",
    "KnownBrowser",
    "RawRow",
    "ResolutionRow",
    "RowEdit",
    "Share",
    "Throttle",
    "User",
    "UserSession",
    "Worker",
]
