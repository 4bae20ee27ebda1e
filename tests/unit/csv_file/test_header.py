"""What a header says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_file.header import (
    HeaderRow,
    distinct_names,
    find,
)
from ingestion.rules.cells import trim

ANN = ["Ann", "Lee", "ann@x.com"]
BOB = ["Bob", "Ray", "bob@x.com"]
NAMES = ["First", "Last", "Email"]


@pytest.mark.parametrize(
    ("records", "row"),
    [
        ([NAMES, ANN, BOB], 0),
        ([["email"], ["ann@x.com"], ["bob@x.com"]], 0),
        ([[], NAMES, [], ANN], 1),
        ([["Report generated today"], ["By admin@x.com daily"], [], NAMES, ANN, BOB], 3),
        ([["Contacts", "", ""], NAMES, ANN], 1),
        ([["sep=", ""], NAMES, ANN], 1),
        ([["Email"], NAMES, ANN, BOB], 1),
        ([["First", "Email", "Reach by"], ["Ann", "", "E-mail"], ["Bob", "bob@x.com", "Phone"]], 0),
        ([["Vorname", "Nachname", "E-Mail-Adresse", ""], [*ANN, ""]], 0),
    ],
)
def test_a_row_that_names_an_email_column_is_the_header(records: list[list[str]], row: int) -> None:
    assert find(records) == HeaderRow(row, is_certain=True)


@pytest.mark.parametrize(
    ("records", "row"),
    [
        ([["First name", "Last name", "E-mail"], ["fname", "lname", "email"], ANN], 1),
        (
            [["First", "Recipient Email"], ['{"ImportId":"f"}', '{"ImportId":"recipientEmail"}'], ["A", ""]],
            1,
        ),
        ([["Ann", "Written by", "ann@x.com"], NAMES, BOB], 1),
        ([["First", "Last", "Email;;;"], ["Ann", "Lee", "ann@x.com;;;"]], 0),
        ([["Email", "Last|"], ["ann@x.com", "Lee|"]], 0),
        ([["Person", "Kunde", "Kontaktweg"], ANN, BOB], 0),
        ([["Export"], ["Person", "Kunde", "Kontaktweg"], ANN, BOB], 1),
        ([ANN, BOB], -1),
        ([[], ANN, BOB], -1),
        ([ANN, BOB, NAMES], -1),
        ([["ann@x.com"]], -1),
        ([[], ["", " "]], -1),
        ([], -1),
    ],
)
def test_where_it_is_not_certain_the_likeliest_row_is_proposed(records: list[list[str]], row: int) -> None:
    assert find(records) == HeaderRow(row, is_certain=False)


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
        (['{"ImportId":"QID1"}', '{"ImportId":1', "{}"], ["QID1", '{"ImportId":1', "{}"]),
        (["na\0me"], ["na\ufffdme"]),
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
