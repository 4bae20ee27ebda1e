"""Whatever somebody takes away is on record before they have it, and nothing else is."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.queries import audit
from ingestion import deciding, error_report, export, formats, replay, review, summary, versions
from ingestion.errors import Conflict, NotFound
from ingestion.export import Download
from ingestion.formats import Format
from ingestion.rules.issues import IssueType
from ingestion.storage import Bucket
from tests.conftest import Submit, add_user
from tests.integration.desk import HEADER, Desk

CONTENT = (HEADER + "ana@x.com,Ana,Silva,Acme,1\nbad,Bo,Li,Hooli,3\n").encode()
TAKEN = [
    ("contacts", "export_contacts", {"format": "csv", "cells": "protected"}),
    ("workbook", "export_contacts", {"format": "xlsx", "cells": "exact"}),
    ("version", "export_contacts", {"format": "csv", "cells": "protected", "version": 1}),
    ("left out", "export_rows", {"rows": "left-out", "cells": "protected"}),
    ("to correct", "export_rows", {"rows": "to-correct", "cells": "protected"}),
    ("summary", "export_summary", {}),
]


@pytest.fixture
def at(sessions: Sessions, user_id: int, processed: Submit) -> Desk:
    """An upload with a row to correct, which was left out, and contacts."""
    at = Desk(sessions, user_id, processed(CONTENT, name="may.csv"))
    deciding.skip(sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))
    at.finalize()
    return at


def exports(sessions: Sessions) -> list[audit.Entry]:
    with sessions() as session:
        found = audit.page(session, audit.Criteria(), before=None, limit=50)
    return [entry for entry in reversed(found) if entry.action.startswith("export")]


def ways(sessions: Sessions, bucket: Bucket, user_id: int, job_id: int) -> dict[str, Callable[[], Any]]:
    """Every way to take something of an upload away."""
    whose = sessions, user_id, job_id
    return {
        "contacts": lambda: export.open_contacts(*whose),
        "workbook": lambda: export.open_contacts(*whose, Format.XLSX),
        "version": lambda: versions.open_version(sessions, bucket, user_id, job_id, 1),
        "left out": lambda: error_report.open_left_out(*whose),
        "to correct": lambda: error_report.open_report(*whose),
        "summary": lambda: summary.of_upload(*whose),
    }


def finished(taken: Any) -> None:
    """Read a file to its end."""
    if isinstance(taken, Download):
        assert b"".join(taken.chunks)


@pytest.mark.parametrize(("way", "action", "detail"), TAKEN)
def test_an_export_is_on_record_before_its_first_byte(
    at: Desk, bucket: Bucket, way: str, action: str, detail: dict[str, object]
) -> None:
    before = len(exports(at.sessions))

    taken = ways(at.sessions, bucket, at.user_id, at.job_id)[way]()

    (entry,) = exports(at.sessions)[before:]
    assert (entry.action, entry.job_id) == (action, at.job_id)
    assert entry.detail == {"file": "may.csv", **detail}
    assert (entry.who or "").startswith("Ana No")
    finished(taken)
    assert len(exports(at.sessions)) == before + 1


@pytest.mark.parametrize("way", [way for way, *_ in TAKEN])
def test_what_is_refused_is_no_export(at: Desk, bucket: Bucket, way: str, submit: Submit) -> None:
    before = exports(at.sessions)
    stranger = add_user(at.sessions)
    with pytest.raises(NotFound):
        ways(at.sessions, bucket, stranger, at.job_id)[way]()
    unprocessed = submit(CONTENT)
    with pytest.raises((Conflict, NotFound)):
        ways(at.sessions, bucket, at.user_id, unprocessed)[way]()
    assert exports(at.sessions) == before


def test_a_version_that_cannot_be_given_is_no_export(at: Desk, bucket: Bucket) -> None:
    before = exports(at.sessions)
    with at.sessions.begin() as session:
        session.execute(text("UPDATE finalizations SET export_sha256 = 'x'"))
    with pytest.raises(Conflict):
        versions.open_version(at.sessions, bucket, at.user_id, at.job_id, 1)
    assert exports(at.sessions) == before


def test_contacts_that_a_format_cannot_hold_are_no_export(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = exports(at.sessions)
    monkeypatch.setattr(formats, "_LONGEST_SHEET_CELL", 3)
    with pytest.raises(Conflict, match="holds 3 characters"):
        export.open_contacts(at.sessions, at.user_id, at.job_id, Format.XLSX)
    assert exports(at.sessions) == before


def test_a_version_is_not_given_to_whom_it_is_forbidden_while_it_is_made(
    at: Desk, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = exports(at.sessions)
    make = replay.write_version

    def meanwhile(*arguments: Any) -> None:
        make(*arguments)
        with at.sessions.begin() as session:
            session.execute(text("UPDATE users SET deactivated_at = now()"))

    monkeypatch.setattr(replay, "write_version", meanwhile)
    with pytest.raises(NotFound):
        versions.open_version(at.sessions, bucket, at.user_id, at.job_id, 1)
    assert exports(at.sessions) == before


def test_to_look_at_contacts_and_issues_is_no_export(at: Desk) -> None:
    before = exports(at.sessions)
    assert export.page(at.sessions, at.user_id, at.job_id, limit=10)
    review.listed(at.sessions, at.user_id, at.job_id)
    assert exports(at.sessions) == before
