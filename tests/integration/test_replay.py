"""Jobs made anew from file and log: identical, whatever was decided; and what was altered is named."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db.engine import Sessions
from ingestion import deciding, export, history, replay, undoing
from ingestion.errors import NotFound
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from ingestion.storage import Bucket
from tests.conftest import ROOT, Submit
from tests.contacts import write_contacts
from tests.integration.at_random import AtRandom, settle_the_rest
from tests.integration.desk import DUPLICATES, HEADER, Desk
from tests.tables import tables_of

SAMPLES = sorted(
    path
    for path in (ROOT / "samples").glob("*.csv")
    if path.stem != "no-email-column"  # is never processed
)


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    return lambda rows: Desk(sessions, user_id, processed((HEADER + rows).encode()))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_made_anew_identically(
    sample: Path, engine: Engine, sessions: Sessions, bucket: Bucket, user_id: int, processed: Submit
) -> None:
    at = Desk(sessions, user_id, processed(sample.read_bytes()))
    if at.upload().status is JobStatus.NEEDS_REVIEW:
        somebody = AtRandom(at, seed=4)
        somebody.decide(6)
        somebody.answer(BulkAnswer.SET_VALUE, IssueType.MISSING_COMPANY)
        settle_the_rest(at)
        at.finalize()
    before = tables_of(sessions, at.job_id)
    report = replay.check(engine, bucket, at.job_id)
    assert report.findings == []
    assert report.versions == [1]
    assert tables_of(sessions, at.job_id) == before


def test_a_generated_list_with_many_decisions_is_made_anew_identically(
    engine: Engine, sessions: Sessions, bucket: Bucket, user_id: int, processed: Submit, tmp_path: Path
) -> None:
    write_contacts(tmp_path / "contacts.csv", rows=800)
    at = Desk(sessions, user_id, processed((tmp_path / "contacts.csv").read_bytes()))
    somebody = AtRandom(at, seed=11)
    somebody.decide(60)
    somebody.answer(BulkAnswer.FILL_REPEATS)
    somebody.answer(BulkAnswer.FILL_BLANKS)
    somebody.decide(40)
    settle_the_rest(at)
    at.finalize()
    undoing.undo(at.sessions, at.user_id, at.job_id, history.listed(at.sessions, at.user_id, at.job_id)[0].id)
    settle_the_rest(at)
    at.finalize()
    somebody.decide(1)
    report = replay.check(engine, bucket, at.job_id)
    assert report.findings == []
    assert report.versions == [1, 2]
    assert report.decisions > 100


@pytest.fixture
def decided(desk: Callable[[str], Desk]) -> Desk:
    """An upload with a choice, an edit and an acceptance, finalized."""
    at = desk(DUPLICATES + "bad,Cy,Ng,Initech,4\ndi@x.com,Di,,Umbrella,5\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    seen = at.see(IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(at.sessions, seen, cells=["cy@x.com", "Cy", "Ng", "Initech", "4"])
    deciding.accept(at.sessions, at.see(IssueType.MISSING_LAST_NAME))
    at.finalize()
    return at


def alter(at: Desk, statement: str) -> None:
    with at.sessions.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # past the triggers
        session.execute(text(statement), {"job": at.job_id})


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE issue_resolutions SET row_number = 2 WHERE action = 'choose'",
            ["Entry 1 of the log was altered", "Version 1 of the contacts has another export", "ana@x.com"],
        ),
        ("UPDATE issue_resolutions SET decided_at = now() WHERE id = 3", ["Entry 3 of the log was altered"]),
        (
            "DELETE FROM issue_resolutions WHERE id = 2",
            ["INVALID_EMAIL_FORMAT 5", "row_edits: 1 row differs"],
        ),
        ("UPDATE issues SET status = 'OPEN' WHERE type = 'MISSING_LAST_NAME'", ["MISSING_LAST_NAME 6"]),
        ("UPDATE raw_rows SET data_json = '[]' WHERE row_number = 4", ["raw_rows: 1 row differs: 4"]),
        (
            "UPDATE final_contacts SET company = 'Evil' WHERE email = 'bo@x.com'",
            ["final_contacts", "bo@x.com"],
        ),
        ("UPDATE jobs SET valid_rows = 7", ["counts 7 valid rows and 0 open issues, not 5 and 0"]),
        ("UPDATE finalizations SET export_sha256 = 'x'", ["Version 1 of the contacts has another export"]),
        (
            "UPDATE issue_resolutions SET email = NULL, row_number = 99 WHERE action = 'choose'",
            ["Entry 1 of the log decides about row 99, where nothing was open"],
        ),
    ],
)
def test_what_was_altered_is_named(
    decided: Desk, engine: Engine, bucket: Bucket, statement: str, found: list[str]
) -> None:
    assert replay.check(engine, bucket, decided.job_id).is_identical
    alter(decided, statement)
    before = tables_of(decided.sessions, decided.job_id)
    findings = "\n".join(replay.check(engine, bucket, decided.job_id).findings)
    assert [part for part in found if part not in findings] == []
    assert tables_of(decided.sessions, decided.job_id) == before


@pytest.mark.parametrize("other", [(HEADER + DUPLICATES).encode(), b"email\n", b"\0"])
def test_another_file_in_the_store_is_named(
    decided: Desk, engine: Engine, bucket: Bucket, other: bytes
) -> None:
    key = f"uploads/u{decided.user_id}/job-{decided.job_id}.csv"
    bucket.put(key, io.BytesIO(other), "text/csv")
    (finding,) = replay.check(engine, bucket, decided.job_id).findings
    assert "not the one that was processed" in finding


def test_other_rules_are_named_and_nothing_is_touched(decided: Desk, engine: Engine, bucket: Bucket) -> None:
    alter(decided, "UPDATE jobs SET rules_version = 0 WHERE id = :job")
    before = tables_of(decided.sessions, decided.job_id)
    (finding,) = replay.check(engine, bucket, decided.job_id).findings
    assert "version 0 of the rules" in finding
    assert tables_of(decided.sessions, decided.job_id) == before


def test_an_earlier_export_is_written_again_byte_for_byte(
    decided: Desk, engine: Engine, bucket: Bucket
) -> None:
    def current() -> bytes:
        return b"".join(export.open_contacts(decided.sessions, decided.user_id, decided.job_id).chunks)

    first = current()
    undoing.undo(decided.sessions, decided.user_id, decided.job_id, 1)
    deciding.choose(decided.sessions, decided.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    decided.finalize()
    second = current()
    assert first != second
    for version, exported in ((1, first), (2, second)):
        written = io.BytesIO()
        replay.write_version(engine, bucket, decided.job_id, version, written)
        assert written.getvalue() == exported
    with pytest.raises(NotFound):
        replay.write_version(engine, bucket, decided.job_id, 3, io.BytesIO())


def test_the_command_says_what_differs_and_fails_then(
    decided: Desk,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(replay, "Settings", lambda: settings)
    assert replay.main(["--all"]) == 0
    assert f"upload {decided.job_id}: identical (3 decisions, 1 versions" in capsys.readouterr().out
    alter(decided, "UPDATE issue_resolutions SET decided_at = now() WHERE id = 3")
    assert replay.main([str(decided.job_id)]) == 1
    assert "  Entry 3 of the log was altered" in capsys.readouterr().out


def test_a_job_that_was_not_processed_cannot_be_made_anew(
    submit: Submit, engine: Engine, bucket: Bucket
) -> None:
    with pytest.raises(NotFound):
        replay.check(engine, bucket, submit(b"email\nana@x.com\n"))
