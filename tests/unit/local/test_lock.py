import os
from pathlib import Path

import pytest

from local.lock import AlreadyRunning, LauncherLock


def test_a_second_launcher_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    first, second = LauncherLock(tmp_path / "lock"), LauncherLock(tmp_path / "lock")
    first.acquire()
    first.publish("http://127.0.0.1:8501")
    with pytest.raises(AlreadyRunning, match=rf"as process {os.getpid()}: open http://127\.0\.0\.1:8501"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_second_launcher_is_told_how_to_find_what_the_first_one_runs(tmp_path: Path) -> None:
    first = LauncherLock(tmp_path / "lock")
    first.acquire()
    first.publish("http://127.0.0.1:8501", {"S3_BUCKET_NAME": "files"})
    with pytest.raises(AlreadyRunning) as refused:
        LauncherLock(tmp_path / "lock").acquire()
    assert refused.value.services == {"S3_BUCKET_NAME": "files"}
    assert (tmp_path / "lock").stat().st_mode & 0o077 == 0
    first.release()


def test_a_launcher_that_is_still_starting_has_no_address(tmp_path: Path) -> None:
    first = LauncherLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(AlreadyRunning, match="Already starting or stopping"):
        LauncherLock(tmp_path / "lock").acquire()
    first.release()


def test_releasing_twice_or_never_is_fine(tmp_path: Path) -> None:
    lock = LauncherLock(tmp_path / "lock")
    lock.release()
    lock.acquire()
    lock.release()
    lock.release()
