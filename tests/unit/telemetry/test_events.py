"""The events that the code logs and those that docs/logs.md lists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_LOGGED = re.compile(
    r"logger(?:\(__name__\))?\.(?:debug|info|warning|error|critical|exception)\(\s*(?P<what>f?\"[^\"]*\"|\w+)"
)


def logged() -> dict[str, str]:
    """Every event by name, and where it is logged."""
    return {
        match["what"]: str(path.relative_to(ROOT))
        for package in ("dashboard", "cli", "tasks", "ingestion", "db")
        for path in (ROOT / package).rglob("*.py")
        for match in _LOGGED.finditer(path.read_text(encoding="utf-8"))
    }


def test_there_are_events() -> None:
    assert len(logged()) > 30


@pytest.mark.parametrize("event", sorted(logged()))
def test_an_event_is_a_name_that_the_docs_list(event: str) -> None:
    where = logged()[event]
    assert re.fullmatch(r'"[a-z]+(_[a-z]+)*"', event), f"{where}: an event is a name, what varies is a field"
    assert f"`{event.strip(chr(34))}`" in (ROOT / "docs" / "logs.md").read_text(encoding="utf-8"), where


def test_the_docs_list_no_event_that_nobody_logs() -> None:
    text = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    table = text.partition("## Events")[2].partition("## Reading")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == {event.strip('"') for event in logged()}
