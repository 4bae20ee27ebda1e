"""Records read many at once: the same as those that are read line by line, whatever the text."""

from pathlib import Path
from unittest.mock import patch

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.plain_blocks import Plain, PlainBlocks
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.tables import Table
from ingestion.errors import UnreadableFile
from ingestion.rules.issues import IssueType
from ingestion.rules.validation import ContactColumns, RowCheck

COLUMNS = ContactColumns(1, first_name=0)
WIDTH = 3


def read(text: str, delimiter: str = ",", quote: str = '"') -> Plain | None:
    return PlainBlocks(Dialect(delimiter, quote), COLUMNS, WIDTH).read(text.encode())


def rows(text: str, delimiter: str = ",", quote: str = '"') -> list[list[str]]:
    plain = read(text, delimiter, quote)
    assert plain is not None
    assert plain.size == len(text.encode())
    return plain.table.rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\n", [["a", "b", "c"]]),
        ("a,b,c", [["a", "b", "c"]]),
        ("a,b,c\r\nd,e,f\r\n", [["a", "b", "c"], ["d", "e", "f"]]),
        ("a,b,c\r", [["a", "b", "c"]]),
        ('"a","b","c"\n', [["a", "b", "c"]]),
        ('"a, b","x\ny","x\r\ny\rz"\n', [["a, b", "x\ny", "x\r\ny\rz"]]),
        ('"say ""hi""","""","a""b"\n', [['say "hi"', '"', 'a"b']]),
        ('"","",""\n"""""",",","\n"\n', [["", "", ""], ['""', ",", "\n"]]),
        ("\n,,\na\na,b,c,d\n", [[""], ["", "", ""], ["a"], ["a", "b", "c", "d"]]),
        ("a\\b,\\,\\n\n", [["a\\b", "\\", "\\n"]]),
        ("a\tb,\0\x01,\x7f\n", [["a\tb", "\0\x01", "\x7f"]]),
        ("é日,😀, \u2028\u0085\n", [["é日", "😀", " \u2028\u0085"]]),
    ],
)
def test_cells_are_what_stands_between_delimiters_and_quotes(text: str, expected: list[list[str]]) -> None:
    assert rows(text) == expected


def test_delimiter_and_quote_are_those_of_the_dialect() -> None:
    assert rows("'a;b';c,d;\"\n", ";", "'") == [["a;b", "c,d", '"']]
    assert rows('"a\tb"\tc,\td\n', "\t") == [["a\tb", "c,", "d"]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param('5" nail,b,c\n', id="a quote inside a cell"),
        pytest.param(' "a",b,c\n', id="a blank before a quote"),
        pytest.param('"a" ,b,c\n', id="a blank behind a quote"),
        pytest.param('"a"b,b,c\n', id="text behind a quote"),
        pytest.param('a,b,"c\n', id="a quote that does not close"),
        pytest.param('a,b,"c\nd,e,f\ng,h,"i"\n', id="a quote that the next one closes"),
        pytest.param("a,b,c\rd,e,f\n", id="a line that ends in CR"),
        pytest.param('a,b,"c"\rd,e,f\n', id="a line that ends in a quote and CR"),
        pytest.param('a,b,"c\nd,e,f"\n', id="a cell that holds rows"),
        pytest.param('a,b,"""c\nd,""e,f"\n', id="a cell that holds rows and quotes"),
        pytest.param("a,b,\x1e\n", id="a record separator"),
        pytest.param("a,b,\x1f\n", id="a unit separator"),
    ],
)
def test_what_is_doubtful_is_left_to_whoever_reads_line_by_line(text: str) -> None:
    assert read(text) is None


def test_a_record_that_has_only_begun_is_left() -> None:
    plain = read('a,é,"c\nc"\n日,"e\n')

    assert plain is not None
    assert (plain.table.rows, plain.size, plain.lines) == ([["a", "é", "c\nc"]], 11, 2)


def test_lines_are_counted_as_they_are_read_one_by_one() -> None:
    plain = read('a,b,"1\n2\r\n3\r4"\r\na,b,c')

    assert plain is not None
    assert plain.lines == 5


@pytest.mark.parametrize(
    ("dialect", "width", "can"),
    [
        (Dialect(), 2, True),
        (Dialect("\t", "'"), 9, True),
        (Dialect(), 1, False),
        (Dialect("§"), 2, False),
        (Dialect("\x1f"), 2, False),
        (Dialect(escape="\\"), 2, False),
        (Dialect(skips_space=True), 2, False),
    ],
)
def test_only_usual_dialects_are_read(dialect: Dialect, width: int, can: bool) -> None:
    assert PlainBlocks.can_read(dialect, width) is can


CELLS = st.sampled_from(
    [
        *(
            "Ana",
            "",
            " ",
            "\t",
            "\u00a0",
            "\u00a0x",
            "\u200b",
            "\ufeff ",
            " \u200d",
            "é",
            "日",
            "ブ",
            "!",
            "\x7f",
        ),
        *("a@x.com", "A@x.com", " a@x.com", "\u00a0a@x.com", "a@x", "\0", "\x0b", "\\", "x\ny"),
    ]
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_is_not_odd_has_nothing_wrong_but_perhaps_its_address(cells: list[list[str]]) -> None:
    plain = read("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in cells))

    assert plain is not None
    table, check = plain.table, RowCheck(COLUMNS)
    assert table.rows == cells
    for at, row in enumerate(cells):
        assert orjson.loads(b'["%b"]' % table.json[at]) == row
        if at not in table.odd:
            assert len(row) == WIDTH
            assert table.emails[at].decode() == row[COLUMNS.email]
            verdict = check(row)
            assert {problem.type for problem in verdict.problems} <= {IssueType.INVALID_EMAIL_FORMAT}


PROTECTED = st.text(st.sampled_from(list("'''=+-;,,\n\n\t\ta5@x\u200b＝")), max_size=60)
ANYTHING = st.text(st.sampled_from(list('ab,"\n\r @é\0\t')), max_size=60)
LINES = st.lists(
    st.sampled_from(
        [
            *("a@x.com,b\n", "a@x.com,b\r\n", 'a@x.com,"b"\n', '"a@x.com","b\nb"\n', "\n", ",\n", "a\n"),
            *(
                'a@x.com,"b\n',
                'a@x.com,b"\n',
                'b,"a,\nc\n',
                "a,b,c\n",
                ",é\n",
                "日,ブ\n",
                "a,b\r",
                '"a"" ,b\n',
            ),
        ]
    ),
    max_size=20,
).map("".join)


@given(
    text=st.one_of(ANYTHING, LINES, PROTECTED),
    at_once=st.integers(1, 40),
    header=st.sampled_from([0, 1]),
    is_protected=st.booleans(),
)
@example(text='\nc,"d\ne,f', at_once=40, header=1, is_protected=False)
@example(text="'\t,'\t\na@x.com,'=b\n", at_once=40, header=1, is_protected=True)
def test_the_rows_of_any_text_are_those_that_are_read_line_by_line(
    text: str, at_once: int, header: int, tmp_path_factory: pytest.TempPathFactory, *, is_protected: bool
) -> None:
    path = tmp_path_factory.mktemp("any") / "contacts.csv"
    path.write_bytes(f"email,n\n{text}".encode())
    options = ParseOptions(ContactColumns(0, last_name=1), header_row=header, is_protected=is_protected)

    with (
        patch("ingestion.csv_file.lines._READ_AT_ONCE", at_once),
        patch("ingestion.csv_file.lines._FEW", at_once),
    ):
        found = read_through(path, options)
    with patch.object(PlainBlocks, "can_read", return_value=False):
        assert found == read_through(path, options)


def read_through(path: Path, options: ParseOptions) -> list[tuple[int, list[str], str | None]] | str:
    try:
        with open_contacts(path, options) as file:
            return [row for table in file.tables for row in rows_of(table)]
    except UnreadableFile as error:
        return str(error)


def rows_of(table: Table) -> list[tuple[int, list[str], str | None]]:
    return [
        (number, cells, table.flaws.get(number))
        for number, cells in zip(table.numbers, table.rows, strict=True)
    ]
