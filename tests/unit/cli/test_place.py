"""Where a sign-in is kept."""

import os
import stat
from pathlib import Path

import pytest

from cli import place as places
from cli.place import Kept, Place, UnsafePlace
from local import command_line

URL = "postgresql://ana:one@db.example.com/contacts"
KEPT = Kept("token", "ana@example.com", "browser")


def place(url: str, folder: Path, **more: str) -> Path:
    return Place.of(url, {"XDG_STATE_HOME": str(folder), **more}).path


def test_it_is_one_file_for_each_installation_whatever_the_password(tmp_path: Path) -> None:
    assert place(URL, tmp_path).parent == tmp_path / "ingest"
    assert place(URL.replace("one", "two"), tmp_path) == place(URL, tmp_path)
    assert place(URL.replace("example.com", "example.com:5432"), tmp_path) == place(URL, tmp_path)
    others = [URL.replace("db.", "eu."), URL + "2", URL.replace("ana", "ben"), URL.replace("com/", "com:6/")]
    assert len({place(url, tmp_path) for url in [URL, *others]}) == 5


@pytest.mark.parametrize(
    "more", ["?port=6000", "?host=other.example.com", "?host=/run/postgres", "?user=ben"]
)
def test_what_the_query_of_an_address_says_makes_another_installation(tmp_path: Path, more: str) -> None:
    assert place(URL + more, tmp_path) != place(URL, tmp_path)
    assert place(URL + more + "&password=x", tmp_path) == place(URL + more, tmp_path)


def test_no_part_of_a_password_is_in_what_an_installation_is_known_by(tmp_path: Path) -> None:
    odd = URL.replace("one", "12#cret")
    assert place(odd, tmp_path) == place(URL, tmp_path)


def test_what_runs_here_is_known_by_its_folder_and_not_by_its_port(tmp_path: Path) -> None:
    here = {"INGEST_INSTALLATION": "/project/.local"}
    assert place(URL, tmp_path, **here) == place(URL + "2", tmp_path, **here)
    assert place(URL, tmp_path, **here) != place(URL, tmp_path, INGEST_INSTALLATION="/other/.local")


def test_it_is_in_the_home_folder_unless_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for none in ({}, {"XDG_STATE_HOME": ""}, {"XDG_STATE_HOME": "state"}):
        assert Place.of(URL, none).path.parent == tmp_path / ".local" / "state" / "ingest"


def test_what_starts_it_names_the_installation_as_it_is_read_here() -> None:
    assert places.INSTALLATION == command_line.INSTALLATION


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    at = Place(tmp_path / "state" / "ingest" / "a.json")
    at.write(KEPT)

    assert at.read() == KEPT
    assert stat.S_IMODE(at.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(at.path.parent.stat().st_mode) == 0o700
    assert [one.name for one in at.path.parent.iterdir()] == ["a.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_what_others_may_read_or_write_is_no_sign_in(tmp_path: Path, mode: int) -> None:
    at = Place(tmp_path / "a.json")
    at.write(KEPT)
    at.path.chmod(mode)

    with pytest.raises(UnsafePlace, match=r"a\.json.*Remove the file"):
        at.read()


def test_what_belongs_to_somebody_else_is_no_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = Place(tmp_path / "a.json")
    at.write(KEPT)
    monkeypatch.setattr(os, "geteuid", lambda: at.path.stat().st_uid + 1)

    with pytest.raises(UnsafePlace):
        at.read()


def test_until_there_is_another_the_one_before_stays(tmp_path: Path) -> None:
    at = Place(tmp_path / "a.json")
    at.write(KEPT)
    with pytest.raises(ValueError, match="refused"), at.replacing():
        raise ValueError("refused")

    assert at.read() == KEPT
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_what_is_forgotten_is_the_token_alone(tmp_path: Path) -> None:
    at = Place(tmp_path / "a.json")
    at.write(KEPT)
    at.forget(KEPT)

    assert at.read() == Kept("", "ana@example.com", "browser")
    assert 'token"' not in at.path.read_text().replace('"token": ""', "")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"token": 1', '{"other": "x"}'])
def test_a_file_that_is_none_of_ours_is_no_sign_in(tmp_path: Path, content: str) -> None:
    at = Place(tmp_path / "a.json")
    assert at.read() is None
    at.path.write_text(content)
    at.path.chmod(0o600)
    assert at.read() is None
