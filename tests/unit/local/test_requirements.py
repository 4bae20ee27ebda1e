"""What is installed is pinned with its hashes, as `requirements/lock` writes it from the files beside it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
LOCKED = {
    "production.in": "requirements.txt",
    "local.in": "requirements-local.txt",
    "notebook.in": "requirements-notebook.txt",
    "dev.in": "requirements-dev.txt",
    "benchmarks.in": "requirements-benchmarks.txt",
    "ministack.in": "local/ministack-requirements.txt",
    "checks.in": "local/checks-requirements.txt",
    "uv.in": "local/uv-requirements.txt",
    "lambda.in": "infra/packaging/requirements-lambda.txt",
}
ONE_ON_TOP_OF_THE_OTHER = ["production.in", "local.in", "notebook.in", "dev.in", "benchmarks.in"]
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z0-9,]+\])?==(\S+)")


def pins(file: Path) -> set[tuple[str, str]]:
    found = (PIN.match(line) for line in file.read_text().splitlines())
    return {(pin[1], pin[2]) for pin in found if pin}


def entries(name: str) -> list[str]:
    """Each requirement of a locked file, with what belongs to it on one line."""
    text = re.sub(r" \\\n +", " ", (PROJECT / LOCKED[name]).read_text())
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_every_file_of_pins_is_locked() -> None:
    assert {path.name for path in (PROJECT / "requirements").glob("*.in")} == LOCKED.keys()


@pytest.mark.parametrize("name", LOCKED)
def test_what_is_pinned_by_hand_is_locked_as_it_is(name: str) -> None:
    by_hand = pins(PROJECT / "requirements" / name)
    assert by_hand
    assert by_hand <= pins(PROJECT / LOCKED[name]), "run requirements/lock"


@pytest.mark.parametrize("name", LOCKED)
def test_every_package_has_a_version_and_hashes(name: str) -> None:
    for entry in entries(name):
        assert re.match(r"[a-z0-9.-]+==\S+ (; [^#]+)?(--hash=sha256:[0-9a-f]{64} ?)+$", entry), entry[:80]


@pytest.mark.parametrize(("fewer", "more"), list(pairwise(ONE_ON_TOP_OF_THE_OTHER)))
def test_one_environment_holds_all_of_them(fewer: str, more: str) -> None:
    # Where a package is wanted, which the marker tells, may widen with what else wants it.
    few, many = ({re.sub(r" ; [^#]+? --", " --", entry) for entry in entries(name)} for name in (fewer, more))
    assert few <= many, "run requirements/lock"
