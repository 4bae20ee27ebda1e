"""Where an exported file goes: never in place of what is not one, and nothing is left of half a file."""

import errno
import json
import os
import signal
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from db.engine import Sessions
from ingestion import export
from ingestion.errors import StorageUnavailable
from ingestion.export import Download
from tests.entries import entries
from tests.integration.cli.conftest import SAMPLES, Shell

_NAME = "clean-contacts.csv"


@pytest.fixture
def done(at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The shell of who uploaded a file that is completed, in a folder of its own."""
    at("upload", SAMPLES / "clean.csv")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return at


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Has something happen while the file is half written."""

    def happens(what: Callable[[], Any]) -> None:
        def half() -> Generator[bytes]:
            yield b"email\n"
            what()
            yield b"ana@example.com\n"

        monkeypatch.setattr(export, "open_contacts", lambda *_: Download(_NAME, half()))

    return happens


def exports(sessions: Sessions) -> int:
    return [entry.action for entry in entries(sessions)].count("export_contacts")


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ((), "clean-contacts.csv"),
        (("--format", "xlsx"), "clean-contacts.xlsx"),
        (("--version", 1), "clean-contacts-v1.csv"),
        (("--what", "summary"), "clean-summary.html"),
    ],
)
def test_a_file_is_called_as_the_page_calls_it(done: Shell, what: tuple[object, ...], name: str) -> None:
    assert done.json("export", 1, *what)["file"] == name
    assert names() == [name]


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link to itself", "link to a pipe"])
def test_what_is_no_ordinary_file_is_never_replaced(
    done: Shell, sessions: Sessions, kind: str, force: tuple[str, ...]
) -> None:
    place = Path("place")
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "link to itself":
        place.symlink_to("place")
    else:
        os.mkfifo("pipe")
        place.symlink_to("pipe")
    before = (place.lstat().st_ino, place.lstat().st_mode, names())

    refused = done("export", 1, "-o", place, *force, code=1)
    assert "not an ordinary file, and nothing was written" in refused.stderr
    assert ".export-" not in refused.stderr
    assert (place.lstat().st_ino, place.lstat().st_mode, names()) == before
    assert exports(sessions) == 0


def test_behind_a_link_the_file_is_replaced_and_the_link_stays(done: Shell) -> None:
    Path("elsewhere").mkdir()
    target = Path("elsewhere", "contacts.csv")
    Path("link.csv").symlink_to(target)
    done("export", 1, "-o", "link.csv")
    assert target.read_bytes().startswith(b"email")
    target.write_text("mine")

    assert "exists already" in done("export", 1, "-o", "link.csv", code=1).stderr
    assert target.read_text() == "mine"
    done("export", 1, "-o", "link.csv", "--force")
    assert target.read_bytes().startswith(b"email")
    assert Path("link.csv").readlink() == target


@pytest.mark.parametrize("number", [None, errno.EPERM, errno.EOPNOTSUPP])
def test_a_file_that_appears_meanwhile_stays(
    done: Shell,
    meanwhile: Callable[[Callable[[], Any]], None],
    monkeypatch: pytest.MonkeyPatch,
    number: int | None,
) -> None:
    """Also where the file system has no links."""
    if number is not None:
        monkeypatch.setattr(Path, "hardlink_to", _failing(number))
    meanwhile(lambda: Path(_NAME).write_text("mine"))

    assert "exists already" in done("export", 1, code=1).stderr
    assert Path(_NAME).read_text() == "mine"
    assert names() == [_NAME]


def test_a_file_that_appears_at_the_last_moment_stays(done: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    link = Path.hardlink_to

    def just_before(place: Path, made: Path) -> None:
        place.write_text("mine")
        link(place, made)

    monkeypatch.setattr(Path, "hardlink_to", just_before)

    assert "exists already" in done("export", 1, code=1).stderr
    assert Path(_NAME).read_text() == "mine"


def test_a_file_system_without_links_is_written_to(done: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", _failing(errno.EPERM))
    done("export", 1)

    assert Path(_NAME).read_bytes().startswith(b"email")
    assert names() == [_NAME]


def test_a_disk_that_fails_is_said(done: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "hardlink_to", _failing(errno.EIO))

    assert os.strerror(errno.EIO) in done("export", 1, code=1).stderr
    assert names() == []


def test_with_force_what_became_a_folder_meanwhile_stays(
    done: Shell, meanwhile: Callable[[Callable[[], Any]], None]
) -> None:
    meanwhile(lambda: Path(_NAME).mkdir())

    assert "not an ordinary file" in done("export", 1, "--force", code=1).stderr
    assert names() == [_NAME]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StorageUnavailable("The store is down."), 4),
        (OSError(errno.ENOSPC, "Full"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_nothing_is_left_of_half_a_file(
    done: Shell, meanwhile: Callable[[Callable[[], Any]], None], error: BaseException, code: int
) -> None:
    def fail() -> NoReturn:
        raise error

    Path(_NAME).write_text("mine")
    meanwhile(fail)
    done("export", 1, "--force", code=code)

    assert names() == [_NAME]
    assert Path(_NAME).read_text() == "mine"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_of_half_a_file_where_the_process_is_told_to_end(
    done: Shell, meanwhile: Callable[[Callable[[], Any]], None], number: signal.Signals
) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    meanwhile(lambda: os.kill(os.getpid(), number))
    try:
        done("export", 1, code=128 + number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)

    assert names() == []


def test_an_error_is_json_where_json_is_asked_for(done: Shell) -> None:
    Path(_NAME).write_text("mine")
    refused = done("export", 1, "--json", code=1)

    assert refused.stdout == ""
    assert json.loads(refused.stderr)["error"]["kind"] == "Conflict"


def _failing(number: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail
