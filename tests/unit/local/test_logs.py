from pathlib import Path

import pytest

from local import logs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("starting\nlistening\n", "listening"),
        ("Traceback (most recent call last):\nValueError: no such thing\nbye\n", "ValueError: no such thing"),
        ("LOG: x\nFATAL:  could not bind\nLOG: down\n", "FATAL:  could not bind"),
    ],
)
def test_complaint_is_the_last_line_that_reads_like_an_error(
    tmp_path: Path, text: str, expected: str
) -> None:
    log = tmp_path / "a.log"
    log.write_text(text)
    assert logs.complaint(log) == expected


def test_complaints_of_an_earlier_start_do_not_count(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("ERROR of yesterday\n")
    earlier = logs.size(log)
    with log.open("a") as file:
        file.write("fine today\n")
    assert logs.complaint(log, earlier) == "fine today"


def test_a_large_log_is_set_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 100)
        logs.trim(log, max_bytes=99)
        writer.write(b"new")
    assert log.read_bytes() == b"new"
    assert log.with_name("a.log.1").read_bytes() == b"x" * 100


def test_a_small_or_missing_log_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    logs.trim(log)
    log.write_text("short")
    logs.trim(log)
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]
