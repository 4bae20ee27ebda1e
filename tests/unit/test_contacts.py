"""The contact files that other tests read: repeatable, varied, and distinct where it counts."""

import csv
from pathlib import Path

import pytest

from ingestion.rules.issues import IssueType
from tests import contacts
from tests.contacts import HEADER, write_contacts

WRITTEN = {
    IssueType.MALFORMED_ROW,
    IssueType.MISSING_EMAIL,
    IssueType.INVALID_EMAIL_FORMAT,
    IssueType.MISSING_FIRST_NAME,
    IssueType.MISSING_LAST_NAME,
    IssueType.MISSING_COMPANY,
    IssueType.DUPLICATE_EMAIL,
}


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_equal_arguments_give_equal_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "same", "other")]
    truths = [write_contacts(path, rows=500, seed=seed) for path, seed in zip(paths, (1, 1, 2), strict=True)]

    one, same, other = (path.read_bytes() for path in paths)
    assert one == same
    assert truths[0] == truths[1]
    assert one != other


@pytest.mark.parametrize("rows", [0, 1, 2, 1000])
def test_a_file_has_as_many_rows_as_asked_for(rows: int, tmp_path: Path) -> None:
    truth = write_contacts(tmp_path / "contacts.csv", rows=rows)

    header, *written = rows_of(tmp_path / "contacts.csv")
    assert header == list(HEADER)
    assert len(written) == truth.rows == rows
    assert (
        truth.valid_rows
        + sum(
            truth.issues.get(type_, 0)
            for type_ in (IssueType.MALFORMED_ROW, IssueType.MISSING_EMAIL, IssueType.INVALID_EMAIL_FORMAT)
        )
        == rows
    )


def test_a_file_holds_what_files_of_people_hold(tmp_path: Path) -> None:
    truth = write_contacts(tmp_path / "contacts.csv", rows=5000)

    content = (tmp_path / "contacts.csv").read_bytes().decode()
    for held in (
        '""',
        "\n",
        "\r\n",
        ", ",
        "é",
        "Анна",
        "日本",
        "\u00a0",
        "xn--",
        "ａ",
        "e\u0301",
        "\0",
        "\t",
    ):
        assert held in content, f"{held!r} never occurs"
    assert set(truth.issues) == WRITTEN
    assert truth.valid_rows > truth.distinct_emails + truth.issues[IssueType.DUPLICATE_EMAIL]


@pytest.mark.parametrize("names", [contacts.FIRST_NAMES, contacts.LAST_NAMES, contacts.COMPANIES])
def test_names_that_the_truth_tells_apart_are_told_apart_without_case(names: tuple[str, ...]) -> None:
    assert len({name.casefold() for name in names}) == len(names)


def test_the_generator_asks_no_rule_of_the_product() -> None:
    source = Path(contacts.__file__).read_text(encoding="utf-8")
    imported = [
        line for line in source.splitlines() if line.startswith(("from ingestion", "import ingestion"))
    ]

    assert imported == ["from ingestion.rules.issues import IssueType"]
