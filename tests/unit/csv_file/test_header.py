"""What a header says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_file.header import (
    contact_columns,
    distinct_names,
    field_of,
    refuse_unusable_header,
    require_contact_columns,
)
from ingestion.errors import UnreadableFile
from ingestion.rules.cells import trim
from ingestion.rules.validation import ContactColumns


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("email", "email"),
        ("E-Mail", "email"),
        ("  EMAIL_ADDRESS ", "email"),
        ("e-mail address:", "email"),
        ("Mail", "email"),
        ("“email”", "email"),
        ("first_name", "first_name"),
        ("First Name", "first_name"),
        ("FIRSTNAME", "first_name"),
        ("Given-Name", "first_name"),
        ("forename", "first_name"),
        ("Last.Name", "last_name"),
        ("Surname", "last_name"),
        ("Family\u00a0name", "last_name"),
        ("Company", "company"),
        ("Company Name", "company"),
        ("Organisation", "company"),
        ("ORGANIZATION", "company"),
        ("Account Name", "company"),
        ("Employer", "company"),
        ("", None),
        (" ", None),
        ("___", None),
        ("email 2", None),
        ("email opt-in", None),
        ("second e-mail", None),
        ("name", None),
        ("full name", None),
        ("first name (latin)", None),
        ("company size", None),
        ("Téléphone", None),
    ],
)
def test_a_column_is_recognized_by_its_name_however_it_is_written(name: str, field: str | None) -> None:
    assert field_of(name) == field


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (["email", "phone"], ["email", "phone"]),
        ([" email ", "phone\t"], ["email", "phone"]),
        (["email", "", "phone", "\u00a0"], ["email", "column_2", "phone", "column_4"]),
        (["phone", "phone", "phone"], ["phone", "phone_2", "phone_3"]),
        (["phone", " phone"], ["phone", "phone_2"]),
        (["phone", "phone", "phone_2"], ["phone", "phone_2", "phone_2_2"]),
        (["phone_2", "phone", "phone"], ["phone_2", "phone", "phone_3"]),
        (["column_2", ""], ["column_2", "column_2_2"]),
        (["Phone", "phone"], ["Phone", "phone"]),
        ([], []),
    ],
)
def test_names_are_trimmed_and_made_distinct(header: list[str], names: list[str]) -> None:
    assert distinct_names(header) == names


@given(st.lists(st.sampled_from(["", " ", "a", "a ", "a_2", "a_2_2", "a_3", "column_1", "column_3", "b"])))
def test_names_are_distinct_for_any_header_and_keep_their_beginning(header: list[str]) -> None:
    names = distinct_names(header)

    assert len(set(names)) == len(header)
    for cell, name in zip(header, names, strict=True):
        assert name.startswith(trim(cell) or "column_")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (["email"], ContactColumns(email=0)),
        (["company", "last", "first", "e-mail"], ContactColumns(3, first_name=2, last_name=1, company=0)),
        (["id", "email", "email", "mail"], ContactColumns(email=1)),
        (["email", "account", "company"], ContactColumns(email=0, company=1)),
        (["name", "phone"], None),
        ([], None),
    ],
)
def test_the_first_column_of_each_kind_is_the_contacts_own(
    header: list[str], columns: ContactColumns | None
) -> None:
    assert contact_columns(header) == columns


def test_a_header_without_an_email_is_refused_with_what_it_holds() -> None:
    with pytest.raises(UnreadableFile) as refused:
        require_contact_columns(["name", "", "phone " * 30])

    assert str(refused.value) == (
        "No e-mail column was found. The first line reads: “name”, “column_2”, "
        f"“{('phone ' * 30)[:60]}”. "
        "Name the column with the addresses “email” in the first line and upload the file again."
    )


def test_of_a_wide_header_without_an_email_the_first_columns_are_named() -> None:
    with pytest.raises(UnreadableFile, match=r"“c11”, “c12”\. Name the column"):
        require_contact_columns([f"c{number}" for number in range(1, 101)])


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["email", "na\0me"], "UTF-16"),
        (["e\0m\0a\0i\0l\0"], "UTF-16"),
        (["email", *[""] * 1000], "1,001 columns; at most 1,000"),
    ],
)
def test_a_header_that_cannot_be_held_is_refused(header: list[str], said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        refuse_unusable_header(header)


def test_a_thousand_columns_are_taken() -> None:
    refuse_unusable_header(["email", *[""] * 999])
