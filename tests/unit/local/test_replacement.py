"""New data in the present data's place, wherever the process that does it is killed."""

import io
from pathlib import Path

import pytest

from local import replacement
from local.console import Console
from local.folders import Folders

NEW = {"postgres/data": "new", "aws/s3": "new"}
OLD = {"postgres/data": "old", "aws/s3": "old"}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path)
    folders.create()
    write(folders.root, OLD)
    return folders


def write(folder: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def data_of(folders: Folders) -> dict[str, str]:
    return {name: (folders.root / name).read_text() for name in OLD}


def settled(folders: Folders) -> str:
    said = io.StringIO()
    replacement.settle(folders, Console(said))
    assert not (folders.root / "restoring").exists()
    assert not (folders.root / "restored").exists()
    return said.getvalue()


def test_new_data_is_made_beside_the_present(folders: Folders) -> None:
    beside = replacement.begin(folders)
    write(beside.postgres.parent, NEW)

    assert data_of(folders) == OLD
    replacement.commit(folders)
    assert data_of(folders) == NEW
    assert settled(folders) == ""


def test_what_was_not_committed_is_removed(folders: Folders) -> None:
    write(replacement.begin(folders).postgres.parent, NEW)

    assert "The data is as before" in settled(folders)
    assert data_of(folders) == OLD


@pytest.mark.parametrize("moved", [[], ["postgres"], ["postgres", "aws"]])
def test_what_was_committed_is_finished(folders: Folders, moved: list[str]) -> None:
    write(folders.root / "restored", NEW)
    for name in moved:
        for file in (folders.root / name).iterdir():
            file.unlink()
        (folders.root / name).rmdir()
        (folders.root / "restored" / name).rename(folders.root / name)

    assert "It is finished now" in settled(folders)
    assert data_of(folders) == NEW


def test_the_present_data_may_be_gone_already(folders: Folders) -> None:
    write(folders.root / "restored", NEW)
    (folders.postgres / "data").unlink()
    folders.postgres.rmdir()

    settled(folders)

    assert data_of(folders) == NEW
