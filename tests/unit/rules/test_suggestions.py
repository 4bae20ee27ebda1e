"""What is offered in place of an address that is none, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.rules import emails
from ingestion.rules.suggestions import for_company, for_email, is_of_a_business


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("ana at acme dot com", ["ana@acme.com"]),
        ("ana(at)acme.com", ["ana@acme.com"]),
        ("Ana [AT] acme [DOT] co [dot] uk", ["ana@acme.co.uk"]),
        ("ana arroba acme punto es", ["ana@acme.es"]),
        ("a@x.com, b@y.org", ["a@x.com", "b@y.org"]),
        ("a@x.com / a@x.com", ["a@x.com"]),
        ("Ana Silva <Ana@Acme.com>", ["ana@acme.com"]),
        ("mailto:ana@acme.com", ["ana@acme.com"]),
        ("ana@acme,com", ["ana@acme.com"]),
        ("ana@acme..com", ["ana@acme.com"]),
        ("ana.@acme.com.", ["ana@acme.com"]),
        ("ana @ acme.com", ["ana@acme.com"]),
        ("ana@@acme.com", ["ana@acme.com"]),
        ("ana@gmail", ["ana@gmail.com"]),
        ("ana@gmailcom", ["ana@gmail.com"]),
        ("ana@gmial,com", ["ana@gmial.com", "ana@gmail.com"]),
        ("ana@hotmail", ["ana@hotmail.com", "ana@hotmail.co.uk"]),
        ("ana", []),
        ("@acme.com", []),
        ("n/a", []),
        ("look at me", []),
        ("ana@acme", []),
        ("", []),
    ],
)
def test_an_address_is_suggested_where_one_is_honest(cell: str, values: list[str]) -> None:
    assert [suggestion.value for suggestion in for_email(cell)] == values


def test_a_suggestion_has_a_reason() -> None:
    assert [suggestion.reason for suggestion in for_email("ana@gmial,com")] == [
        "without the characters that no address has there",
        "gmail.com is a well-known domain, and nearly what is written",
    ]


@pytest.mark.parametrize(
    ("counts_are_complete", "reason"),
    [
        (True, "2 rows with addresses at acme.com have it"),
        (False, "at least 2 rows with addresses at acme.com"),
    ],
)
def test_a_count_of_rows_says_whether_all_were_looked_at(counts_are_complete: bool, reason: str) -> None:
    companies = [("Acme", 2, 7), ("Globex", 1, 1_234)]
    several, one = for_company("acme.com", companies, counts_are_complete=counts_are_complete)
    assert several.reason.startswith(reason)
    assert one.reason == "row 1,234 has it, and an address at acme.com"


@given(st.text() | st.from_regex(r"[a-z]{1,5}( at |@|\(at\))[a-z]{1,5}( dot |\.|,)[a-z]{2,3}"))
def test_whatever_is_suggested_is_an_address(cell: str) -> None:
    for suggestion in for_email(cell):
        assert emails.normalize(suggestion.value) == suggestion.value


@pytest.mark.parametrize(("email", "verdict"), [("a@acme.com", True), ("a@gmail.com", False), ("", False)])
def test_an_address_at_a_provider_of_mailboxes_says_nothing_of_a_company(
    email: str, *, verdict: bool
) -> None:
    assert is_of_a_business(email) is verdict


@pytest.mark.timeout(60)
def test_blanks_without_end_around_nothing_are_looked_at_once() -> None:
    cell = "ana" + " " * (emails.LONGEST_JUDGED - 10) + "b"

    assert [for_email(cell) for _ in range(100)] == [[]] * 100


@pytest.mark.parametrize("cell", ["ana  (at)  b (dot) de", "ana(at) b  (dot)  de", "ana  at b  dot  de"])
def test_blanks_around_spelled_signs_go_with_them(cell: str) -> None:
    assert for_email(cell)[0].value == "ana@b.de"
