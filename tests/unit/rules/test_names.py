"""One full name as two."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.rules.cells import clean
from ingestion.rules.names import NameOrder, split_name

FIRST_LAST, LAST_FIRST = NameOrder.FIRST_LAST, NameOrder.LAST_FIRST


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("John Smith", "John", "Smith"),
        ("  John \u00a0 Smith ", "John", "Smith"),
        ("John Ronald Reuel Tolkien", "John Ronald Reuel", "Tolkien"),
        ("Vincent van der Berg", "Vincent", "van der Berg"),
        ("VINCENT VAN DER BERG", "VINCENT", "VAN DER BERG"),
        ("Ludwig von Mises", "Ludwig", "von Mises"),
        ("José da Silva", "José", "da Silva"),
        ("Juan de la Cruz", "Juan", "de la Cruz"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"),
        ("Ana Silva e Souza", "Ana", "Silva e Souza"),
        ("Mohammed bin Salman", "Mohammed", "bin Salman"),
        ("Van Tran", "Van", "Tran"),
        ("Al Gore", "Al", "Gore"),
        ("Mary Ben Smith", "Mary Ben", "Smith"),
        ("Dr. Anna Schmidt", "Dr. Anna", "Schmidt"),
        ("Frau Müller", "Frau", "Müller"),
        ("John Smith Jr.", "John", "Smith Jr."),
        ("John Smith Ph.D. MBA", "John", "Smith Ph.D. MBA"),
        ("Carlos Neto", "Carlos", "Neto"),
        ("John (Johnny) Doe", "John (Johnny)", "Doe"),
        ("Jane Smith (née Doe)", "Jane", "Smith (née Doe)"),
        ("John Doe (Acme, Inc.)", "John", "Doe (Acme, Inc.)"),
        ("Jack MA", "Jack", "MA"),
        ("Madonna", "Madonna", ""),
        ("山田太郎", "", "山田太郎"),
        ("김민준", "", "김민준"),
        ("", "", ""),
        (" \u200b ", "", ""),
        (",", "", ""),
    ],
)
def test_the_last_name_is_the_last_word_with_particles_and_suffixes(full: str, first: str, last: str) -> None:
    assert split_name(full, FIRST_LAST) == (first, last)


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Nagy István", "István", "Nagy"),
        ("dr. Kovács Anna Mária", "Anna Mária", "dr. Kovács"),
        ("Иванов Иван Иванович", "Иван Иванович", "Иванов"),
        ("van der Berg Jan", "Jan", "van der Berg"),
        ("GARCÍA LÓPEZ María", "María", "GARCÍA LÓPEZ"),
        ("SMITH JOHN", "JOHN", "SMITH"),
        ("DUPONT J. Pierre", "J. Pierre", "DUPONT"),
        ("Smith John Jr.", "John", "Smith Jr."),
        ("山田\u3000太郎", "太郎", "山田"),
        ("Smith", "", "Smith"),
        ("", "", ""),
    ],
)
def test_a_last_name_may_stand_first(full: str, first: str, last: str) -> None:
    assert split_name(full, LAST_FIRST) == (first, last)


@pytest.mark.parametrize("order", NameOrder)
@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Smith, John", "John", "Smith"),
        ("van Gogh,Vincent Willem", "Vincent Willem", "van Gogh"),
        ("Smith, Dr. John", "Dr. John", "Smith"),
        ("Smith, John, Jr.", "John", "Smith Jr."),
        ("Smith, Jr., John", "John", "Smith Jr."),
        ("Smith,", "", "Smith"),
        (", John", "John", ""),
    ],
)
def test_a_comma_says_that_the_last_name_stands_first(
    full: str, first: str, last: str, order: NameOrder
) -> None:
    assert split_name(full, order) == (first, last)


def test_a_comma_before_a_suffix_says_nothing_about_the_order() -> None:
    assert split_name("John Smith, PhD, MBA", FIRST_LAST) == ("John", "Smith PhD MBA")


WORDS = st.sampled_from(
    ["Ann", "LEE", "van", "Van", "de", "y", "e", "Jr.", "III", "Dr.", "(née", "Doe)", ",", "،", "山田", "’t"]
)


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)), st.sampled_from(NameOrder))
def test_no_letter_of_a_name_is_lost(full: str, order: NameOrder) -> None:
    first, last = split_name(full, order)

    def visible(text: str) -> Counter[str]:
        return Counter(character for character in text if not character.isspace() and character not in ",،，")

    assert visible(first) + visible(last) == visible(clean(full))


@pytest.mark.parametrize(
    "full", ["a" + " " * 500_000 + "b", "(" * 500_000 + "b)", "a" + " " * 500_000 + "(b)", "a)" * 250_000]
)
@pytest.mark.timeout(60)
def test_a_name_of_blanks_or_parentheses_without_end_is_split_at_once(full: str) -> None:
    first, last = split_name(full, FIRST_LAST)

    assert "".join(f"{first}{last}".split()) == "".join(full.split())
