"""An upload with something of everything, and an Inspector that looks at it."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from ingestion import deciding
from ingestion.inspection import Inspector
from ingestion.rules.issues import IssueType
from tests.integration.desk import HEADER, Desk

ROWS = (
    "ana@x.com,Ana,Silva,Acme,1\n"  # 2
    "ANA@x.com,Ana,Silva,Globex,2\n"
    "bo@x.com,Bo,Li,Hooli,3\n"  # 4
    "bo@x.com, BO ,Li,Hooli,\n"
    "cy@x.com,Cy,Ng,Initech,5\n"  # 6
    "cy@x.com,Cy,Ng,Umbrella,6\n"
    "bad,Di,Roy,Acme,7\n"  # 8
    "eve@x.com,Eve\n"
    "fay@x.com,Fay,Poe,Acme,8,more\n"  # 10
    "gus@x.com,Gus,,Acme,\n"
    ",Hal,Orr,Acme,9\n"  # 12
)
FILE = (HEADER + ROWS).encode()

PLAIN = (HEADER + "ana@x.com,Ana,Silva,Acme,1\n").encode()


def settle_some(at: Desk) -> None:
    """Row 3 is chosen, row 8 is corrected and row 12 is left out; the rest stays open."""
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL, 2), row_number=3)
    bad = at.see(IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(at.sessions, bad, cells=["di@x.com", *at.cells(bad)[1:]])
    deciding.skip(at.sessions, at.see(IssueType.MISSING_EMAIL))


def settle_all(at: Desk) -> None:
    """What `settle_some` settles; the group of Cy is merged, the blank is kept, broken rows are left out."""
    settle_some(at)
    merged = at.see(IssueType.DUPLICATE_EMAIL, 6)
    deciding.merge(at.sessions, merged, cells=["cy@x.com", "Cy", "Ng", "Both", "5"])
    deciding.accept(at.sessions, at.see(IssueType.MISSING_LAST_NAME))
    for row in (9, 10):
        deciding.skip(at.sessions, at.see(IssueType.MALFORMED_ROW, row))


def every_table(inspector: Inspector, job_id: int, email: str | None = None) -> dict[str, pd.DataFrame]:
    """What each method gives; of `provenance` that of a contact, if one is named."""
    of_upload: dict[str, Callable[[int], pd.DataFrame]] = {
        "rows": inspector.rows,
        "issues": inspector.issues,
        "duplicates": inspector.duplicates,
        "decisions": inspector.decisions,
        "contacts": inspector.contacts,
        "quality": inspector.quality,
        "issue_counts": inspector.issue_counts,
        "group_sizes": inspector.group_sizes,
    }
    tables = {name: read(job_id) for name, read in of_upload.items()} | {"jobs": inspector.jobs()}
    return tables | ({"provenance": inspector.provenance(job_id, email)} if email else {})


def records(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of some columns, what is not there as None."""
    chosen = frame[list(columns)].astype(object)
    return [tuple(row) for row in chosen.where(chosen.notna(), None).itertuples(index=False)]
