"""Uploads as pandas DataFrames, for notebooks and scripts: read-only, by the database's address.

    from ingestion import inspection

    inspector = inspection.connect()
    inspector.jobs()

`FRAMES` says what columns each table has. Nothing of the product imports this package, which needs pandas.
"""

from db.queries.inspecting import Asked, Stage
from ingestion.inspection.columns import FRAMES, Column, Frame, IssueStatus, RowState
from ingestion.inspection.comparing import side_by_side
from ingestion.inspection.inspector import Inspector, connect
from ingestion.inspection.job_card import JobCard
from ingestion.inspection.reading import TooSlow
from ingestion.inspection.tables import LARGEST_PAGE, NotAllRows, Table

__all__ = [
    "FRAMES",
    "LARGEST_PAGE",
    "Asked",
    "Column",
    "Frame",
    "Inspector",
    "IssueStatus",
    "JobCard",
    "NotAllRows",
    "RowState",
    "Stage",
    "Table",
    "TooSlow",
    "connect",
    "side_by_side",
]
