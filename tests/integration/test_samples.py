"""What the samples come to, and files made from a seed: the counts that people are told to expect."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import processing, uploads, viewing
from ingestion.csv_file.mapping import Doubt
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import examine
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from ingestion.viewing import Upload
from tests.contacts import write_contacts

ASKED = "no-email-column.csv"
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@dataclass(frozen=True)
class Expected:
    status: JobStatus
    rows: int = 0
    valid: int = 0
    issues: dict[IssueType, int] = field(default_factory=dict)


EXPECTED = {
    "clean.csv": Expected(JobStatus.COMPLETED, 12, 12),
    "duplicates.csv": Expected(
        JobStatus.NEEDS_REVIEW,
        16,
        16,
        {IssueType.DUPLICATE_EMAIL: 4, IssueType.MISSING_COMPANY: 1},
    ),
    "malformed-rows.csv": Expected(
        JobStatus.NEEDS_REVIEW,
        10,
        4,
        {IssueType.MALFORMED_ROW: 5, IssueType.INVALID_EMAIL_FORMAT: 1},
    ),
    "missing-and-invalid.csv": Expected(
        JobStatus.NEEDS_REVIEW,
        17,
        5,
        {
            IssueType.MISSING_EMAIL: 2,
            IssueType.INVALID_EMAIL_FORMAT: 10,
            IssueType.MISSING_FIRST_NAME: 3,
            IssueType.MISSING_LAST_NAME: 2,
            IssueType.MISSING_COMPANY: 3,
        },
    ),
    "semicolons-and-accents.csv": Expected(
        JobStatus.NEEDS_REVIEW,
        10,
        10,
        {IssueType.DUPLICATE_EMAIL: 1, IssueType.MISSING_COMPANY: 1},
    ),
    "test-jobs.csv": Expected(
        JobStatus.NEEDS_REVIEW,
        18,
        13,
        {
            IssueType.MALFORMED_ROW: 2,
            IssueType.MISSING_EMAIL: 1,
            IssueType.INVALID_EMAIL_FORMAT: 2,
            IssueType.MISSING_FIRST_NAME: 1,
            IssueType.MISSING_LAST_NAME: 1,
            IssueType.MISSING_COMPANY: 1,
            IssueType.DUPLICATE_EMAIL: 2,
        },
    ),
}


def processed(sessions: Sessions, bucket: Bucket, user_id: int, path: Path) -> Upload:
    """The file after it was uploaded and a worker had it."""
    sent: list[int] = []
    job_id = uploads.submit(
        sessions,
        bucket,
        lambda job_id, _file_key: sent.append(job_id),
        user_id=user_id,
        filename=path.name,
        content=path.read_bytes(),
        max_bytes=50 * 1024 * 1024,
    )
    assert sent == [job_id]
    processing.process(sessions, bucket, job_id)
    return viewing.get(sessions, user_id, job_id)


def issues_of(sessions: Sessions, job_id: int) -> dict[IssueType, int]:
    with sessions() as session:
        counted = session.execute(
            text("SELECT type, count(*) FROM issues WHERE job_id = :job GROUP BY type"), {"job": job_id}
        )
        return {IssueType(type_): count for type_, count in counted}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_sample_comes_to_the_counts_it_is_described_with(
    name: str, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    upload = processed(sessions, bucket, user_id, SAMPLES / name)

    found = Expected(upload.status, upload.total_rows, upload.valid_rows, issues_of(sessions, upload.id))
    assert found == EXPECTED[name]
    assert upload.open_issues == sum(EXPECTED[name].issues.values())


def test_every_sample_is_described() -> None:
    assert {path.name for path in SAMPLES.glob("*.csv")} == {*EXPECTED, ASKED}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_readme_gives_the_same_counts(name: str) -> None:
    expected = EXPECTED[name]
    (line,) = (line for line in (SAMPLES / "README.md").read_text().splitlines() if f"`{name}`" in line)
    rows, valid, issues, ending = (cell.strip() for cell in line.strip("|").split("|")[-4:])

    assert ending.upper().replace(" ", "_") == expected.status
    assert (rows, valid) == (str(expected.rows), str(expected.valid))
    total, _, kinds = issues.partition(": ")
    assert total == (str(sum(expected.issues.values())) if expected.issues else "none")
    assert sorted(int(kind.split()[0]) for kind in kinds.split(", ") if kind) == sorted(
        expected.issues.values()
    )


def test_the_sample_without_an_email_column_is_asked_about() -> None:
    proposal = propose(examine((SAMPLES / ASKED).read_bytes(), is_complete=True, max_bytes=1_000_000))

    assert Doubt.NO_EMAIL in proposal.mapping.doubts


@pytest.mark.parametrize("seed", [1, 2])
def test_a_made_file_comes_to_what_was_put_into_it(
    seed: int, tmp_path: Path, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    path = tmp_path / "contacts.csv"
    truth = write_contacts(path, rows=5000, seed=seed)

    upload = processed(sessions, bucket, user_id, path)

    assert (upload.total_rows, upload.valid_rows) == (truth.rows, truth.valid_rows)
    assert issues_of(sessions, upload.id) == truth.issues
    assert upload.open_issues == sum(truth.issues.values())
    with sessions() as session:
        emails = session.scalar(
            text("SELECT count(DISTINCT normalized_email) FROM raw_rows WHERE job_id = :job"),
            {"job": upload.id},
        )
    assert emails == truth.distinct_emails
