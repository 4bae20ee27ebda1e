"""What the store of files is asked, and what it does not answer."""

import io

import pytest
from botocore.response import StreamingBody

from ingestion.errors import NotFound, StorageUnavailable, UnreadableFile
from ingestion.settings import Settings
from ingestion.storage import Bucket, browser_source, make_bucket


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "https://lists.s3.us-east-1.amazonaws.com/"),
        ({"aws_region": "eu-central-1"}, "https://lists.s3.eu-central-1.amazonaws.com/"),
        # A host that is everybody's: no more of it than the bucket.
        ({"s3_bucket_name": "lists.example"}, "https://s3.us-east-1.amazonaws.com/lists.example/"),
        ({"aws_endpoint_url": "http://localstack:4566"}, "http://localstack:4566/lists/"),
        (
            {
                "aws_endpoint_url": "http://localstack:4566",
                "aws_public_endpoint_url": "http://127.0.0.1:4566/",
            },
            "http://127.0.0.1:4566/lists/",
        ),
    ],
)
def test_browsers_are_sent_to_the_public_address(given: dict[str, str], place: str) -> None:
    named = {"s3_bucket_name": "lists", "aws_access_key_id": "a", "aws_secret_access_key": "b"} | given
    settings = Settings(database_url="postgresql://a@b/c", **named)  # type: ignore[arg-type]

    assert browser_source(settings) == place
    assert make_bucket(settings).sign_part("k", "u", 1, 5).startswith(f"{place}k?")


def test_keys_that_are_good_for_some_hours_are_used_with_their_token(settings: Settings) -> None:
    short = settings.model_copy(update={"aws_session_token": "of-the-role"})
    assert "X-Amz-Security-Token=of-the-role" in make_bucket(short).sign_part("k", "u", 1, 5)


def test_a_copy_tells_a_store_that_does_not_answer_from_a_file_that_is_gone(
    bucket: Bucket, settings: Settings
) -> None:
    nowhere = make_bucket(settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"}))
    with pytest.raises(StorageUnavailable), nowhere.local_copy("uploads/any.csv"):
        pass
    with pytest.raises(UnreadableFile, match="is gone"), bucket.local_copy("uploads/none.csv"):
        pass


def test_a_copy_that_breaks_off_says_that_the_store_does_not_answer(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = StreamingBody(io.BytesIO(b"email"), content_length=100)
    monkeypatch.setattr(bucket.client, "get_object", lambda **_: {"Body": broken})
    with pytest.raises(StorageUnavailable), bucket.local_copy("uploads/any.csv"):
        pass


def test_what_is_done_with_a_copy_fails_in_its_own_words(bucket: Bucket) -> None:
    bucket.put("uploads/copied.csv", io.BytesIO(b"email\n"), "text/csv")
    with pytest.raises(NotFound, match="something else"), bucket.local_copy("uploads/copied.csv"):
        raise NotFound("something else")
