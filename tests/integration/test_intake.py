"""Files that are in the store and are read as their operator says."""

import gzip
import io

import pytest

from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion import column_mappings, intake, processing, viewing
from ingestion.csv_file.mapping import Doubt, Mapping
from ingestion.csv_file.proposal import Choices, Proposal, propose
from ingestion.csv_file.source import examine
from ingestion.errors import Conflict, NotFound, UnreadableFile
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket
from tests.conftest import Submit, add_user

PLAIN = b"email,first name,last name,company\nana@x.com,Ana,Li,Acme\nbo@x.com,Bo,Li,Beta\n"
DOUBTFUL = "Kontakt,Wer,Wo\nana@x.com,Ana Li,Acme\nbo@x.com,Bo Weiß,Beta\n".encode()

sent: list[int] = []


def enqueue(job_id: int, _key: str) -> None:
    sent.append(job_id)


@pytest.fixture
def stored(sessions: Sessions, bucket: Bucket, user_id: int) -> "Stored":
    sent.clear()
    return Stored(sessions, bucket, user_id)


class Stored:
    """Puts files into the store as the browser does: their jobs are UPLOADING."""

    def __init__(self, sessions: Sessions, bucket: Bucket, user_id: int) -> None:
        self.sessions, self.bucket, self.user_id = sessions, bucket, user_id

    def __call__(self, content: bytes) -> int:
        with self.sessions.begin() as session:
            job_id = jobs.next_id(session)
            key = f"uploads/u{self.user_id}/job-{job_id}.csv"
            jobs.add(
                session,
                id=job_id,
                user_id=self.user_id,
                status=JobStatus.UPLOADING,
                original_filename="contacts.csv",
                file_key=key,
                file_size=len(content),
                file_sha256="ends-x",
            )
        self.bucket.put(key, io.BytesIO(content), "text/csv")
        return job_id

    def arrived(self, content: bytes) -> viewing.Upload:
        job_id = self(content)
        intake.arrived(self.sessions, self.bucket, enqueue, user_id=self.user_id, job_id=job_id)
        return viewing.get(self.sessions, self.user_id, job_id)


def proposal(content: bytes) -> Proposal:
    return propose(examine(content, is_complete=True, max_bytes=10_000))


def test_a_file_beyond_doubt_is_processed_when_it_has_arrived(stored: Stored) -> None:
    upload = stored.arrived(PLAIN)

    assert upload.status is JobStatus.PENDING
    assert sent == [upload.id]
    with stored.sessions() as session:
        assert session.get_one(Job, upload.id).parse_options == proposal(PLAIN).options().as_json()


def test_a_doubtful_file_waits_until_somebody_says_how_it_is_read(stored: Stored) -> None:
    upload = stored.arrived(DOUBTFUL)

    assert upload.awaits_columns
    assert not upload.in_flight
    assert sent == []

    source = intake.look(stored.sessions, stored.bucket, user_id=stored.user_id, job_id=upload.id)
    found = propose(source)
    assert Doubt.EMAIL_BY_CONTENT in found.mapping.doubts
    intake.confirm(
        stored.sessions, enqueue, user_id=stored.user_id, job_id=upload.id, options=found.options()
    )
    processing.process(stored.sessions, stored.bucket, upload.id)

    assert sent == [upload.id]
    assert viewing.get(stored.sessions, stored.user_id, upload.id).status is JobStatus.COMPLETED


def test_a_file_that_is_no_contact_list_fails_with_what_it_is(stored: Stored) -> None:
    upload = stored.arrived(b"%PDF-1.7")

    assert upload.status is JobStatus.FAILED
    assert "a PDF document" in str(upload.error_message)


def test_an_archive_that_holds_more_than_is_taken_fails(stored: Stored) -> None:
    job_id = stored(gzip.compress(PLAIN * 20_000))
    owner = {"user_id": stored.user_id, "job_id": job_id}

    with pytest.raises(UnreadableFile, match="more than 1 MB"):
        intake.look(stored.sessions, stored.bucket, **owner, max_bytes=MEGABYTE)
    intake.arrived(
        stored.sessions,
        stored.bucket,
        enqueue,
        user_id=owner["user_id"],
        job_id=owner["job_id"],
        max_bytes=MEGABYTE,
    )

    upload = viewing.get(stored.sessions, stored.user_id, job_id)
    assert upload.status is JobStatus.FAILED
    assert "Unpacked, the file has more than 1 MB" in str(upload.error_message)


def test_a_file_that_was_taken_over_is_left_alone(stored: Stored) -> None:
    upload = stored.arrived(PLAIN)

    intake.arrived(stored.sessions, stored.bucket, enqueue, user_id=stored.user_id, job_id=upload.id)

    assert sent == [upload.id]


def test_a_failed_file_can_be_read_another_way(
    submit: Submit, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    # The evidence comes late: what was looked at first is ASCII, and so is UTF-8.
    content = PLAIN + "cy@x.com,Cy,Weiß,Acme\n".encode("cp1252")
    job_id = submit(content)
    with sessions.begin() as session:
        options = {**session.get_one(Job, job_id).parse_options, "encoding": "utf-8-sig"}
        jobs.change(session, job_id, parse_options=options)
    processing.process(sessions, bucket, job_id)
    assert "Line 4, column 16 holds the byte 0xDF" in str(
        viewing.get(sessions, user_id, job_id).error_message
    )

    source = intake.look(sessions, bucket, user_id=user_id, job_id=job_id)
    options_chosen = propose(source, Choices(encoding="cp1252")).options()
    intake.confirm(sessions, enqueue, user_id=user_id, job_id=job_id, options=options_chosen)
    processing.process(sessions, bucket, job_id)

    assert viewing.get(sessions, user_id, job_id).status is JobStatus.COMPLETED


def test_only_a_waiting_or_failed_file_of_ones_own_is_confirmed(
    submit: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id, options = submit(PLAIN), proposal(PLAIN).options()

    with pytest.raises(Conflict):
        intake.confirm(sessions, enqueue, user_id=user_id, job_id=job_id, options=options)
    with pytest.raises(NotFound):
        intake.confirm(sessions, enqueue, user_id=add_user(sessions), job_id=job_id, options=options)


def test_what_was_confirmed_is_offered_for_the_same_columns_in_any_order(
    sessions: Sessions, user_id: int
) -> None:
    found = proposal(DOUBTFUL)
    column_mappings.remember(sessions, user_id, found.names, Mapping(0, first_name=1, company=2))

    again = column_mappings.recalled(sessions, user_id, proposal(b"Wo,Kontakt,Wer\nAcme,cy@x.com,Cy\n"))

    assert again.is_certain
    assert again.is_recalled
    assert again.mapping == Mapping(1, first_name=2, company=0)


def test_what_was_confirmed_is_for_one_user_and_one_set_of_columns(sessions: Sessions, user_id: int) -> None:
    found = proposal(DOUBTFUL)
    column_mappings.remember(sessions, user_id, found.names, Mapping(0))

    assert not column_mappings.recalled(sessions, add_user(sessions), found).is_recalled
    assert not column_mappings.recalled(sessions, user_id, proposal(PLAIN)).is_recalled


def test_a_later_confirmation_takes_the_place_of_an_earlier_one(sessions: Sessions, user_id: int) -> None:
    found = proposal(DOUBTFUL)
    column_mappings.remember(sessions, user_id, found.names, Mapping(0))
    column_mappings.remember(sessions, user_id, found.names, Mapping(0, full_name=1))

    assert column_mappings.recalled(sessions, user_id, found).mapping == Mapping(0, full_name=1)
