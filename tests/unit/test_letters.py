"""Reading messages that failed for good, whatever they hold."""

import datetime as dt
import json
from base64 import b64encode

import pytest

from ingestion.letters import Letter, read_letter

AT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def read(body: str) -> Letter:
    return read_letter("m1", AT, body)


def encoded(value: object) -> str:
    return b64encode(json.dumps(value).encode()).decode()


def test_a_letter_tells_its_job_its_task_and_its_error() -> None:
    letter = read(
        encoded(
            {
                "actor_name": "process_job",
                "kwargs": {"job_id": 7, "file_key": "k"},
                "options": {"traceback": "Traceback\n  File x\nOSError: disk full\n\n"},
            }
        )
    )
    assert (letter.actor, letter.job_id, letter.error) == ("process_job", 7, "OSError: disk full")


def test_characters_that_cannot_be_stored_are_replaced() -> None:
    letter = read(encoded({"actor_name": "a\0b", "options": {"traceback": "bad \ud800 \0"}}))
    assert (letter.actor, letter.error) == ("a\ufffdb", "bad ? \ufffd")


def test_a_letter_about_another_message_belongs_to_that_ones_job() -> None:
    assert read(encoded({"actor_name": "fail_job", "args": [{"kwargs": {"job_id": 9}}, {}]})).job_id == 9


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not base64!",
        "bm90IGpzb24=",
        b64encode(b"\xff\xfe").decode(),
        b64encode(b"[" * 100_000).decode(),
        encoded([1, 2]),
        encoded("text"),
        encoded({"kwargs": [1], "options": "x", "args": [3]}),
        encoded({"kwargs": {"job_id": "7"}}),
        encoded({"kwargs": {"job_id": True}}),
        encoded({"kwargs": {"job_id": -1}}),
        encoded({"kwargs": {"job_id": 2**63}}),
        "é",
    ],
)
def test_what_cannot_be_read_belongs_to_no_job_and_is_kept_as_it_came(body: str) -> None:
    letter = read(body)
    assert letter.job_id is None
    assert letter.error == ""
    assert letter.body == body
