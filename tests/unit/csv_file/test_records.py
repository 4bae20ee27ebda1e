"""Records: their cells, their numbers, and files that hold none."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.csv_file.dialects import DELIMITERS
from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.errors import UnreadableFile
from ingestion.rules.names import NameOrder, NameSplit
from ingestion.rules.validation import ContactColumns

Record = tuple[int, list[str]]
Flawed = tuple[int, list[str], str | None]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "contacts.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def options(**values: Any) -> ParseOptions:
    return ParseOptions(**{"contact_columns": ContactColumns(0), "encoding": "utf-8-sig", **values})


def flawed(folder: Path, content: str | bytes, **values: Any) -> list[Flawed]:
    with open_contacts(written(folder, content), options(**values)) as file:
        return [
            (number, cells, batch.flaws.get(number))
            for batch in file.tables
            for number, cells in zip(batch.numbers, batch.rows, strict=True)
        ]


def records(folder: Path, content: str | bytes, **values: Any) -> list[Record]:
    return [(number, cells) for number, cells, _ in flawed(folder, content, **values)]


def refusal(folder: Path, content: str | bytes, **values: Any) -> str:
    with pytest.raises(UnreadableFile) as refused:
        flawed(folder, content, **values)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("email,n\na,b\nc,d\n", [(2, ["a", "b"]), (3, ["c", "d"])], id="plain"),
        pytest.param("email,n\na,b", [(2, ["a", "b"])], id="no line end at the end"),
        pytest.param("email,n\n\n\na,b\n\nc,d\n\n", [(4, ["a", "b"]), (6, ["c", "d"])], id="blank lines"),
        pytest.param('email,n\na,"b\nb\nb"\nc,d\n', [(2, ["a", "b\nb\nb"]), (3, ["c", "d"])], id="breaks"),
        pytest.param('email,"n\nn"\na,b\n', [(2, ["a", "b"])], id="a break in the header"),
        pytest.param("email,n\r\na,b\r\n\r\nc,d\r\n", [(2, ["a", "b"]), (4, ["c", "d"])], id="CRLF"),
        pytest.param("email,n\ra,b\r\rc,d\r", [(2, ["a", "b"]), (4, ["c", "d"])], id="CR"),
        pytest.param(
            "email,n\na,b\r\nc,d\re,f", [(2, ["a", "b"]), (3, ["c", "d"]), (4, ["e", "f"])], id="all"
        ),
        pytest.param('email,n\na,"b\r\nb\rb"\n', [(2, ["a", "b\r\nb\rb"])], id="quoted line ends are kept"),
        pytest.param("\ufeffemail,n\na,b\n", [(2, ["a", "b"])], id="a byte-order mark"),
        pytest.param('\ufeff"email",n\na,b\n', [(2, ["a", "b"])], id="a byte-order mark before a quote"),
        pytest.param('email,n\n"a, b","say ""hi"""\n', [(2, ["a, b", 'say "hi"'])], id="quotes in quotes"),
        pytest.param('email,n\na,5" nail\n', [(2, ["a", '5" nail'])], id="a quote inside a cell"),
        pytest.param('email,n\n"a" b,c\n', [(2, ["a b", "c"])], id="text after a closing quote"),
        pytest.param('email,n\na,""\n', [(2, ["a", ""])], id="an empty quoted cell at the end"),
        pytest.param('email,n\na,""""\n', [(2, ["a", '"'])], id="nothing but a quote"),
        pytest.param('email\n""\na\n', [(3, ["a"])], id="a line of one empty quoted cell is blank"),
        pytest.param("email,n\n a , b \n", [(2, [" a ", " b "])], id="white space is kept"),
        pytest.param("email,n\n,\n,b\n", [(3, ["", "b"])], id="a line of nothing but delimiters is blank"),
        pytest.param("email,n\na,b\n,,,\n , \n", [(2, ["a", "b"])], id="blank lines below the table"),
        pytest.param("email,n\n \na,b\n", [(3, ["a", "b"])], id="a line of white space is blank"),
        pytest.param("email,n\na\nb,c,d\n", [(2, ["a"]), (3, ["b", "c", "d"])], id="ragged rows"),
        pytest.param("email,n\na\0b,\0\n", [(2, ["a\0b", "\0"])], id="NUL"),
        pytest.param(
            "email,n\na\x0bb\x0cb\x1c\u0085\u2028,c\n", [(2, ["a\x0bb\x0cb\x1c\u0085\u2028", "c"])], id="VT"
        ),
    ],
)
def test_records_are_numbered_as_a_spreadsheet_numbers_them(
    content: str, expected: list[Record], tmp_path: Path
) -> None:
    assert records(tmp_path, content) == expected


@pytest.mark.parametrize(
    ("content", "header_row", "expected"),
    [
        pytest.param("\n\nemail,n\na,b\n", 3, [(4, ["a", "b"])], id="blank lines"),
        pytest.param("Contacts of May\n,\nemail,n\na,b\n", 3, [(4, ["a", "b"])], id="a title"),
        pytest.param('The "best" list\nemail,n\na,b\n', 2, [(3, ["a", "b"])], id="a title with quotes"),
        pytest.param('"two\nlines"\nemail,n\na,b\n', 2, [(3, ["a", "b"])], id="a title of two lines"),
        pytest.param("a,b\nc,d\n", 0, [(1, ["a", "b"]), (2, ["c", "d"])], id="no header"),
        pytest.param("\na,b\nc,d\n", 0, [(2, ["a", "b"]), (3, ["c", "d"])], id="no header, a blank line"),
    ],
)
def test_what_stands_above_the_header_counts_and_is_left_out(
    content: str, header_row: int, expected: list[Record], tmp_path: Path
) -> None:
    assert records(tmp_path, content, header_row=header_row) == expected


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_cells_are_parted_by_the_delimiter_and_by_no_other(delimiter: str, tmp_path: Path) -> None:
    content = delimiter.join(["name", "E-Mail", '"a, b; c\td|e"']) + "\n"
    content += delimiter.join(["Ana", "a@x.com", "1"]) + "\n"
    with open_contacts(written(tmp_path, content), options(dialect=Dialect(delimiter))) as file:
        assert file.columns == ["name", "E-Mail", "a, b; c\td|e"]
        assert [list(batch.rows) for batch in file.tables] == [[["Ana", "a@x.com", "1"]]]


@pytest.mark.parametrize(
    ("content", "dialect", "expected"),
    [
        ("email,n\na,'b, c'\n", Dialect(quote="'"), ["a", "b, c"]),
        ('email,n\na,"b \\"c\\", d"\n', Dialect(escape="\\"), ["a", 'b "c", d']),
        ('email, n\na, "b, c"\n', Dialect(skips_space=True), ["a", "b, c"]),
    ],
)
def test_quotes_and_escapes_are_those_of_the_dialect(
    content: str, dialect: Dialect, expected: list[str], tmp_path: Path
) -> None:
    assert records(tmp_path, content, dialect=dialect) == [(2, expected)]


def test_a_file_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert records(tmp_path, "email\na@x.com\nb@x.com\n") == [(2, ["a@x.com"]), (3, ["b@x.com"])]


CLOSES = 'A quote (") in line {} closes before its cell ends.'
OPENS = 'A quote (") opens in line {} and does not close where its cell ends.'
SHORT = "The row has 1 cell, the header 2. "


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            'email,n\na,b\n"c,d\ne,f\n',
            [(2, ["a", "b"], None), (3, ['"c', "d"], OPENS.format(3)), (4, ["e", "f"], None)],
            id="to the end of the file",
        ),
        pytest.param(
            'email,n\na,"b\nc,d\ne,"f"\ng,h\n',
            [
                (2, ["a", '"b'], OPENS.format(2)),
                (3, ["c", "d"], None),
                (4, ["e", "f"], None),
                (5, ["g", "h"], None),
            ],
            id="to the next quoted cell",
        ),
        pytest.param(
            'email,n\na,"b\nb@x.com,d\ne,f"\ng,h\n',
            [
                (2, ["a", '"b'], OPENS.format(2)),
                (3, ["b@x.com", "d"], None),
                (4, ["e", 'f"'], None),
                (5, ["g", "h"], None),
            ],
            id="over a row of the list",
        ),
        pytest.param(
            'email,n\n"a" b,c\n"d"e,f\n',
            [(2, ["a b", "c"], CLOSES.format(2)), (3, ["de", "f"], CLOSES.format(3))],
            id="text after a closing quote",
        ),
        pytest.param(
            'email,n\n"a"b,"c\nd,e\n',
            [(2, ['"a"b', '"c'], OPENS.format(2)), (3, ["d", "e"], None)],
            id="both at once",
        ),
        pytest.param(
            'email,n\n\na,"b\nb"\n\nc,"d\ne,f',
            [(3, ["a", "b\nb"], None), (5, ["c", '"d'], OPENS.format(6)), (6, ["e", "f"], None)],
            id="line breaks and blank lines before it",
        ),
        pytest.param(
            'email,n\r\na,b\r\nc,"d\r\ne,f\r\n',
            [(2, ["a", "b"], None), (3, ["c", '"d'], OPENS.format(3)), (4, ["e", "f"], None)],
            id="CRLF",
        ),
        pytest.param(
            'email,n\ra,b\rc,"d\re,f\r',
            [(2, ["a", "b"], None), (3, ["c", '"d'], OPENS.format(3)), (4, ["e", "f"], None)],
            id="CR",
        ),
        pytest.param('email,n\na,"b', [(2, ["a", '"b'], OPENS.format(2))], id="the last line"),
        pytest.param(
            'email,n\n"a\nb,c\n', [(2, ['"a'], SHORT + OPENS.format(2)), (3, ["b", "c"], None)], id="short"
        ),
    ],
)
def test_a_stray_quote_costs_one_row_which_says_where_it_stands(
    content: str, expected: list[Flawed], tmp_path: Path
) -> None:
    assert flawed(tmp_path, content) == expected


@pytest.mark.parametrize(
    ("content", "dialect", "expected"),
    [
        ('email,n\n"a" ,"b"\t\n', Dialect(), ["a", "b"]),
        ('email,n\n"a","b" \n', Dialect(), ["a", "b"]),
        ('email\tn\t\n"a" \t\t"b" \n', Dialect("\t"), ["a", "", "b"]),
        ('email,n\n"a","c\n\nd" \n', Dialect(), ["a", "c\n\nd"]),
        ('email,n\n"a\nb" ,"c"\n', Dialect(), ["a\nb", "c"]),
        ('email,n\r\n"a","b\r\nc" \r\n', Dialect(), ["a", "b\r\nc"]),
        ('email,n\n" , a","b" \n', Dialect(), [" , a", "b"]),
        ('email,n\n"a\\" ,b" ,"c"\n', Dialect(escape="\\"), ['a" ,b', "c"]),
        ('email, n\n"a\nb" , "c" \n', Dialect(skips_space=True), ["a\nb", "c"]),
    ],
)
def test_blanks_after_a_closing_quote_are_nothing_wrong(
    content: str, dialect: Dialect, expected: list[str], tmp_path: Path
) -> None:
    assert flawed(tmp_path, content, dialect=dialect) == [(2, expected, None)]


@pytest.mark.parametrize(
    ("content", "columns", "header_row", "broken"),
    [
        pytest.param(
            'email,n\na@x.com,"stray\nb@x.com,x\nc@x.com,""x\nd@x.com,y\n', 0, 1, [2, 4], id="two of them"
        ),
        pytest.param(
            '0,Z,z@x.com\n1,"Acme,a@x.com\n2,G,g@x.com\n3,Beta",b@x.com\n4,D,d@x.com\n',
            2,
            0,
            [2],
            id="no header",
        ),
        pytest.param(
            'id,n,email\n1,"Acme,a@x.com\n2,Beta 24",b@x.com\n3,C,c@x.com\n', 2, 1, [2], id="over two rows"
        ),
    ],
)
def test_a_stray_quote_never_makes_one_row_of_several(
    content: str, columns: int, header_row: int, broken: list[int], tmp_path: Path
) -> None:
    found = flawed(tmp_path, content, contact_columns=ContactColumns(columns), header_row=header_row)

    assert len(found) == content.count("\n") - (header_row > 0)
    assert [number for number, _, flaw in found if flaw] == broken


def test_a_note_with_an_address_on_a_line_of_its_own_is_a_note(tmp_path: Path) -> None:
    content = 'email,n\na@x.com,"note\n see\u2028b@x.com,c"\n'

    assert records(tmp_path, content) == [(2, ["a@x.com", "note\n see\u2028b@x.com,c"])]


def test_blanks_inside_a_cell_are_kept_where_those_behind_a_quote_are_dropped(tmp_path: Path) -> None:
    content = 'email,n\n"say ""hi"" ,ok","x" \n'

    assert flawed(tmp_path, content) == [(2, ['say "hi" ,ok', "x"], None)]


@given(
    rows=st.lists(
        st.lists(st.text(st.sampled_from(list('a"\n,\r @')), max_size=5), min_size=2, max_size=2), max_size=8
    ),
    broken=st.text(st.sampled_from(list('a",\n\r@')), max_size=30),
    size=st.integers(1, 5),
)
@example(rows=[], broken='"\r""@\r@', size=2)
def test_how_many_records_are_read_at_once_never_matters(
    rows: list[list[str]], broken: str, size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([["email", "n"], ["a@x.com", "b"], *rows])
    content, path = file.getvalue() + broken, tmp_path_factory.mktemp("any")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingestion.csv_file.quoting._RECORDS_PER_BATCH", size)
        patch.setattr("ingestion.csv_file.quoting._RECORDS_PER_STEP", 1)
        few = flawed(path, content)

    assert few == flawed(path, content)


def test_a_stray_quote_far_into_the_file_is_located(tmp_path: Path) -> None:
    rows = [f"a{number}@x.com,b" for number in range(40_000)]
    rows[30_000] = 'a30000@x.com,"b'

    found = flawed(tmp_path, "\n".join(["email,n", *rows]))

    assert len(found) == 40_000
    assert found[30_000] == (30_002, ["a30000@x.com", '"b'], OPENS.format("30,002"))
    assert [flaw for _, _, flaw in found if flaw] == [OPENS.format("30,002")]


def test_a_quote_that_swallows_more_than_a_cell_may_hold_is_a_stray_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.csv_file.limits.LARGEST_CELL", 1000)
    rows = "".join(f"{number},b\n" for number in range(1000))

    found = flawed(tmp_path, f'email,n\na,"b\n{rows}')

    assert found[0] == (2, ["a", '"b'], OPENS.format(2))
    assert found[1:] == [(number + 3, [str(number), "b"], None) for number in range(1000)]


def test_many_stray_quotes_are_each_a_row_of_their_own(tmp_path: Path) -> None:
    rows = [f'a{number}@x.com,"b' if number % 3 else f'a{number}@x.com,"b"' for number in range(3000)]

    found = flawed(tmp_path, "\n".join(["email,n", *rows]))

    assert [number for number, _, _ in found] == list(range(2, 3002))
    assert sum(flaw is not None for _, _, flaw in found) == 2000


def test_rows_pasted_into_a_note_are_taken_for_rows_only_if_they_are_like_those_of_the_list(
    tmp_path: Path,
) -> None:
    note = "Paris, France\nsee also: b@x.com"

    assert records(tmp_path, f'email,n\na@x.com,"{note}"\n') == [(2, ["a@x.com", note])]


def test_a_stray_quote_in_the_header_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, '"email,n\na,b\n') == (
        f"{OPENS.format(1)} It stands in the header. Correct it and upload the file again."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file holds only blank lines."),
        ("\n", "The header was expected in row 1, which is blank."),
        ("email,n", "The file has a header but no contacts."),
        ("email,n\n\n\r\n", "The file has a header but no contacts."),
        (b"email,n\na,\xe9\n", "Line 2, column 3 holds the byte 0xE9"),
        (b"email,n\n" + b"a,b\n" * 40_000 + b"\xe9", "Line 40002, column 1 holds the byte 0xE9"),
    ],
)
def test_a_file_that_holds_no_contact_list_is_refused_with_what_it_holds(
    content: str | bytes, said: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, content).startswith(said)


SPLIT = {
    "contact_columns": ContactColumns(1, first_name=2, last_name=3),
    "name_split": NameSplit(0, NameOrder.LAST_FIRST),
}


def test_a_split_name_adds_two_columns_and_keeps_the_full_one(tmp_path: Path) -> None:
    content = 'name,email\n"Silva, Ana",a@x.com\n'
    with open_contacts(written(tmp_path, content), options(**SPLIT)) as file:
        assert file.columns == ["name", "email", "first_name", "last_name"]
        assert next(file.tables).rows == [["Silva, Ana", "a@x.com", "Ana", "Silva"]]


def test_of_a_broken_row_nothing_is_lost_when_columns_are_added(tmp_path: Path) -> None:
    assert flawed(tmp_path, 'name,email\n"Silva, Ana"\n"Li, Bo",b@x.com,x,y\n', **SPLIT) == [
        (2, ["Silva, Ana", "", "Ana", "Silva"], "The row has 1 cell, the header 2."),
        (3, ["Li, Bo", "b@x.com", "Bo", "Li", "x", "y"], "The row has 4 cells, the header 2."),
    ]


def test_the_ignored_column_is_left_out(tmp_path: Path) -> None:
    content = "why,email,n\nbecause,a@x.com,1\n"
    with open_contacts(written(tmp_path, content), options(ignored_column=0)) as file:
        assert file.columns == ["email", "n"]
        assert next(file.tables).rows == [["a@x.com", "1"]]


def test_a_cell_may_be_as_large_as_a_megabyte(tmp_path: Path) -> None:
    large = "x" * 1024 * 1024

    assert records(tmp_path, f'email,n\na,{large}\nb,"{large}"\n') == [(2, ["a", large]), (3, ["b", large])]


def test_reading_tells_how_far_it_has_come(tmp_path: Path) -> None:
    content = "email,n\n" + "a,b\n" * 500_000
    with open_contacts(written(tmp_path, content), options()) as file:
        before = file.progress()
        assert 0 < before < 0.5
        for _ in file.tables:
            pass
        assert file.progress() == 1


CELLS = st.text(st.sampled_from(list('ab",;|\t\n\r \0é日😀"')), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=6)


@given(
    rows=ROWS,
    delimiter=st.sampled_from(DELIMITERS),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
@example(rows=[["\r"]], delimiter=",", line_end="\r", mark="")
def test_whatever_is_written_as_csv_is_read_back(
    rows: list[list[str]], delimiter: str, line_end: str, mark: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(
        [["email", "n"], *rows]
    )

    path, content = tmp_path_factory.mktemp("any"), mark + file.getvalue()
    expected = [(number, row) for number, row in enumerate(rows, start=2) if "".join(row).strip()]

    if expected:
        assert records(path, content, dialect=Dialect(delimiter)) == expected
    else:
        refused = refusal(path, content, dialect=Dialect(delimiter))
        assert refused.startswith("The file has a header but no contacts.")


@given(rows=st.text(st.sampled_from(list('ab",\n\r')), min_size=1, max_size=30))
def test_of_any_text_each_character_is_in_one_row_or_marked(
    rows: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the quotes: no letter is lost, and what a strict reader takes is taken as it takes it."""
    content = f"email,n\n{rows}"
    path = tmp_path_factory.mktemp("any")
    if not set(rows) & set('ab"'):
        assert refusal(path, content).startswith("The file has a header but no contacts.")
        return
    try:
        strict = [
            row for row in csv.reader(io.StringIO(rows, newline=""), strict=True) if "".join(row).strip()
        ]
    except csv.Error:
        strict = None
    if strict == []:
        return
    found = flawed(path, content)
    assert sorted(c for _, cells, _ in found for c in "".join(cells) if c in "ab") == sorted(
        c for c in rows if c in "ab"
    )
    if strict is None:
        assert any(flaw and "quote" in flaw for _, _, flaw in found)
    else:
        assert [cells for _, cells, _ in found] == strict
