"""Large files that a shell sends in parts: they go on after an end, and are of one version."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.engine import Sessions
from ingestion import direct_uploads
from ingestion.accounts import Account
from ingestion.errors import StorageUnavailable
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket
from tests.integration.cli.conftest import PASSWORD, SAMPLES, Shell, end_sessions, write
from tests.integration.direct_sender import age, under_way

HEADER = b"email,first_name,last_name,company\n"
Change = Callable[[Path], object]


@pytest.fixture(autouse=True)
def in_parts(shell: Shell) -> None:
    shell.environment |= {"MAX_UPLOAD_MB": "40", "DIRECT_UPLOAD_ABOVE_MB": "1"}


def large(path: Path, megabytes: int, *, filler: bytes = b"x") -> Path:
    """A file without issues, of some more than so many megabytes."""
    line = b"ana%07d@example.com,Ana,Silva," + filler * 960 + b"\n"
    rows = (line % number for number in range(megabytes * 1050))
    return write(path, HEADER + b"".join(rows))


def before_part(monkeypatch: pytest.MonkeyPatch, number: int, happens: Callable[[], object]) -> list[int]:
    """Let something happen once, before the store gets the part of this number; the parts it was given."""
    put, numbers = Bucket.put_part, []

    def interrupted(self: Bucket, key: str, upload_id: str, part: int, content: bytes) -> None:
        numbers.append(part)
        if part == number and numbers.count(part) == 1:
            happens()
        put(self, key, upload_id, part, content)

    monkeypatch.setattr(Bucket, "put_part", interrupted)
    return numbers


def interrupt() -> None:
    raise KeyboardInterrupt


def down() -> None:
    raise StorageUnavailable("The file store does not answer.")


def test_a_large_file_goes_to_the_store_in_parts_and_goes_on_where_it_stopped(
    at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large(tmp_path / "large.csv", 17)
    numbers = before_part(monkeypatch, 2, down)
    broken = at("upload", path, code=4)
    assert "what is there already is not sent twice" in broken.stderr
    assert at.json("job", 1)["status"] == "UPLOADING"

    found = at.json("upload", path, "--watch")
    assert numbers == [1, 2, 2, 3]
    assert [(one["id"], one["status"]) for one in found["uploads"]] == [(1, "COMPLETED")]
    assert "seems to have the same content" in at("upload", path, code=1).stderr
    assert "Add --again" in at("upload", path, code=1).stderr


def test_a_large_file_in_question_is_asked_about_before_it_is_sent(
    at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large(tmp_path / "large.csv", 2)
    path.write_bytes(path.read_bytes().replace(HEADER, b"a,b,c,d\n", 1))
    monkeypatch.setattr(direct_uploads, "begin", lambda *_, **__: pytest.fail("nothing may be sent"))
    assert "--column" in at("upload", path, code=1).stderr


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 5)


def rewrite(path: Path) -> None:
    """Of the same size, and with the same first and last megabyte."""
    with path.open("r+b") as file:
        file.seek(4 * MEGABYTE)
        file.write(b"y")


def replace(path: Path) -> None:
    """By a file that differs in nothing but its content."""
    was = path.stat()
    other = write(path.with_name("other"), path.read_bytes().replace(b"Silva", b"Souza"))
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("change", [cut, rewrite, replace, Path.unlink])
def test_a_file_that_changes_while_it_is_sent_is_refused_and_not_kept(
    at: Shell, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, change: Change, part: int
) -> None:
    path = large(tmp_path / "large.csv", 9)
    before = under_way(bucket)
    numbers = before_part(monkeypatch, part, lambda: change(path))
    assert "changed while it was sent. Upload it again." in at("upload", path, code=1).stderr

    assert numbers == list(range(1, part + 1))
    assert (at.json("jobs"), under_way(bucket)) == ([], before)


def test_what_goes_on_is_never_made_of_two_versions(
    at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large(tmp_path / "large.csv", 17)
    before_part(monkeypatch, 2, interrupt)
    at("upload", path, code=130)
    begin = direct_uploads.begin

    def then_written_to(*where: Any, **what: Any) -> direct_uploads.Begun:
        begun = begin(*where, **what)
        assert begun.present == (1,)
        large(path, 17, filler=b"y")
        return begun

    with monkeypatch.context() as patched:
        patched.setattr(direct_uploads, "begin", then_written_to)
        assert "changed while it was sent" in at("upload", path, code=1).stderr

    [upload] = at.json("upload", path)["uploads"]
    contacts = at("export", upload["id"], "-o", "-").stdout
    assert ("x" * 960 in contacts, contacts.count("y" * 960)) == (False, 17 * 1050)


def test_whoever_interrupts_it_is_told_how_to_go_on(
    at: Shell, tmp_path: Path, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large(tmp_path / "large.csv", 9)
    before_part(monkeypatch, 2, interrupt)
    said = at("upload", path, code=130).stderr
    assert "large.csv may not have arrived. Give the same command again" in said

    step = "Next: ingest upload FILE with the same file again, or ingest delete 1\n"
    assert at("job", 1).stdout.endswith(step)
    administrator = at.of_another()
    administrator("sign-in", "ada@example.com", "--password-stdin", typed=f"{PASSWORD}\n")
    assert administrator("job", 1).stdout.endswith("Next: ingest watch 1\n"), "whose file it is not"
    looks: list[float] = []

    def an_hour(seconds: float) -> None:
        looks.append(seconds)
        age(sessions, 1)

    monkeypatch.setattr(time, "sleep", an_hour)
    assert at("watch", 1, code=6).stdout == f"Upload 1, large.csv: uploading. {step}"
    assert len(looks) == 1, "somebody may have been sending until it was silent"
    at("watch", 1, code=6)
    assert len(looks) == 1
    at("upload", path, "--watch")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_session_that_ends_meanwhile_ends_it_and_what_is_stored_is_told(
    at: Shell,
    owner: Account,
    tmp_path: Path,
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:
    path = large(tmp_path / "large.csv", 17)
    numbers = before_part(monkeypatch, 2, lambda: end_sessions(sessions))
    result = at("upload", SAMPLES / "clean.csv", path, SAMPLES / "test-jobs.csv", *options, code=3)

    assert numbers == [1, 2]
    if options:
        found = json.loads(result.stdout)
        assert ([one["file"] for one in found["uploads"]], found["refused"]) == (["clean.csv"], [])
        assert json.loads(result.stderr)["error"]["kind"] == "NotSignedIn"
    else:
        assert result.stdout == "Upload 1, clean.csv: completed. Next: ingest export 1\n"
        assert "ingest sign-in EMAIL" in result.stderr
    at.sign_in(owner)("upload", path)
    assert numbers == [1, 2, 3]


def test_an_edited_file_does_not_go_on_with_what_was_sent_of_it(
    at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = large(tmp_path / "large.csv", 9)
    numbers = before_part(monkeypatch, 2, interrupt)
    at("upload", path, code=130)
    rewrite(path)

    assert "(upload 1). Add --again" in at("upload", path, code=1).stderr
    assert [one["id"] for one in at.json("upload", path, "--again")["uploads"]] == [2]
    assert numbers == [1, 2, 1, 2]
