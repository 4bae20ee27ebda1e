"""The log of what was done: who sees it, what is found in it, and that nothing leaves it."""

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import Sessions
from db.queries import audit as queries
from ingestion import audit, audit_export
from ingestion.audit import ACTIONS, AuditAction, AuditEntry, Group, Wanted
from ingestion.errors import NotAllowed
from tests.conftest import add_user

DAY = dt.timedelta(days=1)
TODAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def add(
    sessions: Sessions, action: str, user_id: int | None, job_id: int | None = None, **detail: object
) -> int:
    with sessions.begin() as session:
        return queries.add(session, action, user_id=user_id, job_id=job_id, detail=detail)


def written(sessions: Sessions, user_id: int, wanted: Wanted | None = None) -> list[dict[str, str]]:
    """The lines of an export."""
    download = audit_export.open_export(sessions, user_id, wanted or Wanted())
    content = b"".join(download.chunks).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


@pytest.fixture
def bo(sessions: Sessions) -> int:
    """Somebody whose address is bo@example.com."""
    user_id = add_user(sessions)
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET email = 'bo@example.com' WHERE id = :id"), {"id": user_id})
    return user_id


@pytest.fixture
def log(sessions: Sessions, user_id: int, administrator: int, bo: int) -> dict[str, int]:
    """Entries of five days, the ids by what they are called here."""
    about_bo: dict[str, Any] = {"account": bo, "email": "bo@example.com"}
    entries = {
        "invited": add(sessions, AuditAction.INVITE, administrator, email="bo@example.com", role="operator"),
        "signed in": add(sessions, AuditAction.SIGN_IN, bo, client="192.0.2.7"),
        "shared": add(sessions, AuditAction.SHARE_UPLOAD, user_id, 12, file="a.csv", **about_bo),
        "promoted": add(sessions, AuditAction.CHANGE_ROLE, None, by="command", role="reviewer", **about_bo),
        "deleted": add(sessions, AuditAction.DELETE_UPLOAD, user_id, 12, file="a.csv", reason="asked for"),
    }
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only"))
        for age, entry in enumerate(reversed(entries.values())):
            session.execute(
                text("UPDATE audit_log SET at = :at WHERE id = :id"), {"at": TODAY - age * DAY, "id": entry}
            )
        session.execute(text("ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only"))
    return entries


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["deleted", "promoted", "shared", "signed in", "invited"]),
        (Wanted(groups=frozenset({Group.ACCOUNTS})), ["promoted", "invited"]),
        (Wanted(groups=frozenset({Group.SHARING, Group.ACCESS})), ["shared", "signed in"]),
        (Wanted(groups=frozenset({Group.OPERATIONS})), []),
        (Wanted(since=TODAY - 2 * DAY), ["deleted", "promoted", "shared"]),
        (Wanted(until=TODAY - 2 * DAY), ["signed in", "invited"]),
        (Wanted(since=TODAY - 3 * DAY, until=TODAY), ["promoted", "shared", "signed in"]),
        (Wanted(job_id=12), ["deleted", "shared"]),
        (Wanted(job_id=13), []),
        (Wanted(groups=frozenset({Group.SHARING}), since=TODAY - DAY), []),
    ],
)
def test_entries_are_found_on_the_page_and_in_the_export_alike(
    sessions: Sessions, administrator: int, log: dict[str, int], wanted: Wanted, found: list[str]
) -> None:
    expected = [log[name] for name in found]
    assert [entry.id for entry in audit.page(sessions, administrator, wanted)] == expected
    assert [int(line["id"]) for line in written(sessions, administrator, wanted)] == expected


def test_a_person_is_found_by_what_they_did_and_by_what_was_done_about_them(
    sessions: Sessions, administrator: int, bo: int, log: dict[str, int]
) -> None:
    assert audit.account_id(sessions, administrator, " BO@Example.com ") == bo
    assert audit.account_id(sessions, administrator, "nobody@example.com") is None
    assert audit.account_id(sessions, administrator, "no address") is None

    found = audit.page(sessions, administrator, Wanted(account_id=bo))
    assert [entry.id for entry in found] == [
        log[name] for name in ("promoted", "shared", "signed in", "invited")
    ]
    only_sharing = Wanted(frozenset({Group.SHARING}), account_id=bo)
    assert [entry.id for entry in audit.page(sessions, administrator, only_sharing)] == [log["shared"]]


def test_an_entry_says_who_did_what_about_what(
    sessions: Sessions, administrator: int, user_id: int, log: dict[str, int]
) -> None:
    deleted, promoted, *_ = audit.page(sessions, administrator)

    assert deleted == AuditEntry(
        log["deleted"],
        TODAY,
        deleted.who,
        deleted.email,
        AuditAction.DELETE_UPLOAD,
        12,
        {"file": "a.csv", "reason": "asked for"},
    )
    assert (deleted.who or "").startswith("Ana No")
    with sessions() as session:
        assert deleted.email == session.scalar(text(f"SELECT email FROM users WHERE id = {user_id}"))
    assert deleted.at.utcoffset() == dt.timedelta(0)
    assert (promoted.who, promoted.email) == (None, None)


def test_pages_follow_one_another_without_a_gap_while_entries_come(
    sessions: Sessions, administrator: int, log: dict[str, int]
) -> None:
    first = audit.page(sessions, administrator, limit=2)
    add(sessions, AuditAction.SIGN_OUT, administrator)
    second = audit.page(sessions, administrator, before=first[-1].id, limit=2)
    third = audit.page(sessions, administrator, before=second[-1].id, limit=2)
    assert [entry.id for entry in first + second + third] == sorted(log.values(), reverse=True)


def test_an_export_has_what_the_entries_have(
    sessions: Sessions, administrator: int, log: dict[str, int]
) -> None:
    entries = audit.page(sessions, administrator)
    lines = written(sessions, administrator)
    assert len(lines) == len(log)
    for entry, line in zip(entries, lines, strict=True):
        assert dt.datetime.fromisoformat(line["at"]) == entry.at
        assert (line["action"], line["who"], line["who_email"]) == (
            entry.action,
            entry.who or "",
            entry.email or "",
        )
        assert line["upload"] == ("" if entry.job_id is None else str(entry.job_id))
        assert json.loads(line["detail"]) == entry.detail
        for column, name in (("about_email", "email"), ("file", "file"), ("client", "client")):
            assert line[column] == entry.detail.get(name, "")


def test_an_export_is_on_record_with_what_it_was_restricted_to_before_it_is_read(
    sessions: Sessions, administrator: int, bo: int
) -> None:
    wanted = Wanted(
        frozenset({Group.SHARING, Group.ACCESS}),
        since=TODAY,
        until=TODAY + DAY,
        account_id=bo,
        job_id=12,
    )
    download = audit_export.open_export(sessions, administrator, wanted)

    (entry,) = audit.page(sessions, administrator)
    assert len(b"".join(download.chunks).splitlines()) == 1, "the header"
    assert (entry.action, entry.job_id) == (AuditAction.EXPORT_AUDIT, None)
    assert entry.detail == {
        "groups": ["access", "sharing"],
        "since": "2026-11-23T00:00:00+00:00",
        "until": "2026-11-24T00:00:00+00:00",
        "account": bo,
        "email": "bo@example.com",
        "upload": 12,
    }


def test_a_file_that_cannot_be_written_is_closed(
    sessions: Sessions, administrator: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    make = tempfile.TemporaryFile

    def remembered(**options: Any) -> Any:
        opened.append(make(**options))
        return opened[-1]

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", remembered)
    monkeypatch.setattr(audit_export, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        audit_export.open_export(sessions, administrator, Wanted())
    assert [file.closed for file in opened] == [True]


@pytest.mark.parametrize(
    "unless",
    ["role = 'operator'", "role = 'reviewer'", "role = 'administrator', deactivated_at = now()"],
)
def test_only_administrators_see_the_log(sessions: Sessions, administrator: int, unless: str) -> None:
    asked: list[Callable[[], object]] = [
        lambda: audit.page(sessions, administrator),
        lambda: audit.account_id(sessions, administrator, "bo@example.com"),
        lambda: written(sessions, administrator),
    ]
    for ask in asked:
        ask()
    with sessions.begin() as session:
        session.execute(text(f"UPDATE users SET {unless} WHERE id = {administrator}"))
    for ask in asked:
        with pytest.raises(NotAllowed, match=r"Only administrators|deactivated"):
            ask()
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_log")) == 1, "only the export that was allowed"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET user_id = NULL",
        "UPDATE audit_log SET user_id = NULL WHERE id = -1",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "TRUNCATE users CASCADE",
    ],
)
def test_what_was_done_is_neither_changed_nor_removed(
    sessions: Sessions, administrator: int, log: dict[str, int], statement: str
) -> None:
    before = audit.page(sessions, administrator)
    with pytest.raises(DBAPIError, match="audit_log is append-only"), sessions.begin() as session:
        session.execute(text(statement))
    assert audit.page(sessions, administrator) == before
    assert len(before) == len(log)


def test_an_owner_of_the_database_can_remove_old_entries_as_the_documentation_says(
    sessions: Sessions, administrator: int, log: dict[str, int]
) -> None:
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only"))
        session.execute(text("DELETE FROM audit_log WHERE at < '2026-11-22'"))
        session.execute(text("ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only"))
    assert [entry.id for entry in audit.page(sessions, administrator)] == [log["deleted"], log["promoted"]]
    with pytest.raises(DBAPIError, match="append-only"), sessions.begin() as session:
        session.execute(text("DELETE FROM audit_log"))


def test_each_action_is_in_one_group() -> None:
    assert sorted(action for actions in ACTIONS.values() for action in actions) == sorted(AuditAction)
    assert set(ACTIONS) == set(Group)
