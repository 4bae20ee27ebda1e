"""Which program installs: uv where pip can download it and no other index is asked, pip in any case."""

from pathlib import Path

import pytest

from local import installers

PYTHON = """#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >>calls.txt
case "$*" in
*config*) cat configuration.txt ;;
*--target*)
  [ -e offline.txt ] && exit 1
  mkdir -p ../../.venv-uv/bin
  touch ../../.venv-uv/bin/uv
  ;;
esac
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter that notes what it is asked, and downloads a uv without content."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "configuration.txt").write_text("global.extra-index-url='https://more.example'\n")
    python = folder / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    return python


def programs(python: Path) -> list[str]:
    """What is run to install, by its last two names."""
    commands = installers.commands(python, Path("some.txt"))
    return ["/".join(Path(command[0]).parts[-3:]) for command in commands]


def downloads(python: Path) -> int:
    return (python.parent / "calls.txt").read_text().count("--target")


def test_uv_is_downloaded_once_and_pip_installs_where_it_fails(python: Path) -> None:
    for _ in range(2):
        assert programs(python) == [".venv-uv/bin/uv", ".venv/bin/python"]
    assert downloads(python) == 1


def test_another_version_of_uv_is_downloaded_anew(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs(python)
    newer = python.with_name("newer.txt")
    newer.write_text("uv==99\n")
    monkeypatch.setattr(installers, "REQUIREMENTS", newer)
    assert programs(python) == [".venv-uv/bin/uv", ".venv/bin/python"]
    assert downloads(python) == 2


def test_where_uv_cannot_be_had_pip_installs(python: Path) -> None:
    python.with_name("offline.txt").touch()
    assert programs(python) == [".venv/bin/python"]


@pytest.mark.parametrize("said", ["global.index-url='https://ours.example'", ":env:.no-index='1'"])
def test_an_index_of_ones_own_is_asked_by_pip(python: Path, said: str) -> None:
    python.with_name("configuration.txt").write_text(f"global.timeout='9'\n{said}\n")
    assert programs(python) == [".venv/bin/python"]
    assert downloads(python) == 0


def test_both_install_what_is_locked(python: Path) -> None:
    uv, pip = installers.commands(python, Path("some.txt"))
    assert [*uv[1:3], uv[-1]] == ["pip", "install", "some.txt"]
    assert "--require-hashes" in uv
    assert uv[uv.index("--python") + 1] == str(python)
    assert [*pip[1:4], pip[-1]] == ["-m", "pip", "install", "some.txt"]
