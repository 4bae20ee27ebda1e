"""Records: their cells, their numbers, and files that hold none."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion.csv_file.records import DELIMITERS, Record, open_contacts
from ingestion.errors import UnreadableFile


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "contacts.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def records(folder: Path, content: str | bytes) -> list[Record]:
    with open_contacts(written(folder, content)) as file:
        return list(file.records)


def refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        records(folder, content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("email,n\na,b\nc,d\n", [(2, ["a", "b"]), (3, ["c", "d"])], id="plain"),
        pytest.param("email,n\na,b", [(2, ["a", "b"])], id="no line end at the end"),
        pytest.param("email,n\n\n\na,b\n\nc,d\n\n", [(4, ["a", "b"]), (6, ["c", "d"])], id="blank lines"),
        pytest.param("\n\nemail,n\na,b\n", [(4, ["a", "b"])], id="blank lines above the header"),
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
        pytest.param(",\n \nemail,n\na,b\n", [(4, ["a", "b"])], id="blank lines above the header"),
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


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_the_one_that_makes_the_header_name_an_email(delimiter: str, tmp_path: Path) -> None:
    content = delimiter.join(["name", "E-Mail", '"a, b; c\td|e"']) + "\n"
    content += delimiter.join(["Ana", "a@x.com", "1"]) + "\n"
    with open_contacts(written(tmp_path, content)) as file:
        assert file.delimiter == delimiter
        assert file.columns == ["name", "E-Mail", "a, b; c\td|e"]
        assert file.contact_columns.email == 1
        assert list(file.records) == [(2, ["Ana", "a@x.com", "1"])]


def test_a_comma_is_the_delimiter_before_any_other(tmp_path: Path) -> None:
    with open_contacts(written(tmp_path, "email,a;email;b\nx,y\n")) as file:
        assert file.delimiter == ","
        assert file.columns == ["email", "a;email;b"]


def test_a_file_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert records(tmp_path, "email\na@x.com\nb@x.com\n") == [(2, ["a@x.com"]), (3, ["b@x.com"])]


OPEN = (
    "never closes, so the rest of the file cannot be told apart. "
    "Close or remove it and upload the file again."
)


@pytest.mark.parametrize(
    ("content", "line", "record"),
    [
        pytest.param('email,n\na,b\n"c,d\ne,f\n', 3, 3, id="in the middle"),
        pytest.param('email,n\na,b\nc,"d', 3, 3, id="in the last line"),
        pytest.param('email,n\na,b\nc,"d\n', 3, 3, id="in the last line, which ends"),
        pytest.param('email,n\n\na,b\n\nc,"d\ne,f', 5, 5, id="blank lines count"),
        pytest.param('email,n\na,"b\nb"\nc,"d\ne,f\n', 4, 3, id="line breaks in quotes count as lines"),
        pytest.param('email,n\n"a"b,"c\nd,e\n', 2, 2, id="after a quote misplaced"),
        pytest.param('email,n\na,"b""\nc,d\n', 2, 2, id="closed by one quote too many"),
        pytest.param('"email,n\na,b\n', 1, 1, id="in the header"),
        pytest.param('email,n\r\na,b\r\n"c,d\r\ne,f\r\n', 3, 3, id="CRLF"),
        pytest.param('email,n\ra,b\r"c,d\re,f\r', 3, 3, id="CR"),
        pytest.param('email;n\na;b\n"c;d\n', 3, 3, id="semicolons"),
        pytest.param("email,n\n" + "a,b\n" * 40_000 + '"c,d\n', 40_002, 40_002, id="far into the file"),
    ],
)
def test_a_quote_that_never_closes_is_located(content: str, line: int, record: int, tmp_path: Path) -> None:
    assert refusal(tmp_path, content) == f'A quote (") opens in line {line} (record {record}) and {OPEN}'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file is empty."),
        ("\n", "The file holds only blank lines."),
        ("\ufeff\r\n\r\n", "The file holds only blank lines."),
        ("email,n", "The file has a header but no contacts."),
        ("email,n\n\n\r\n", "The file has a header but no contacts."),
        ("name,phone\nAna,1\n", "No e-mail column was found. The first line reads: “name”, “phone”."),
        ("name;phone\nAna;1\n", "No e-mail column was found. The first line reads: “name;phone”."),
        (
            "ana@x.com,Ana\nbo@x.com,Bo\n",
            "No e-mail column was found. The first line reads: “ana@x.com”, “Ana”.",
        ),
        ("name", "No e-mail column was found."),
        (b"email,n\na,\xe9\n", "Line 2, column 3 holds the byte 0xE9"),
        (b"email,n\n" + b"a,b\n" * 40_000 + b"\xe9", "Line 40002, column 1 holds the byte 0xE9"),
    ],
)
def test_a_file_that_holds_no_contact_list_is_refused_with_what_it_holds(
    content: str | bytes, said: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, content).startswith(said)


def test_a_cell_may_be_as_large_as_a_megabyte(tmp_path: Path) -> None:
    large = "x" * 1024 * 1024

    assert records(tmp_path, f'email,n\na,{large}\nb,"{large}"\n') == [(2, ["a", large]), (3, ["b", large])]


def test_a_large_cell_is_read_while_a_small_file_is_opened(tmp_path: Path) -> None:
    large = "x" * 200_000
    (tmp_path / "small").mkdir()
    with open_contacts(written(tmp_path, f"email,n\na,b\nc,d\ne,f\ng,{large}\n")) as file:
        assert records(tmp_path / "small", "email\na\n") == [(2, ["a"])]
        assert list(file.records)[-1] == (5, ["g", large])


def test_reading_tells_how_far_it_has_come(tmp_path: Path) -> None:
    content = "email,n\n" + "a,b\n" * 50_000
    with open_contacts(written(tmp_path, content)) as file:
        before = file.bytes_read()
        assert 0 < before < len(content) / 2
        for _ in file.records:
            pass
        assert file.bytes_read() == len(content)


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
        assert records(path, content) == expected
    else:
        assert refusal(path, content).startswith("The file has a header but no contacts.")


@given(rows=st.text(st.sampled_from(list('ab",\n\r')), min_size=1, max_size=30))
def test_any_text_is_read_or_a_quote_in_it_is_named(
    rows: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Told by a reader of our own, one character at a time."""
    content = f"email,n\n{rows}"
    path = tmp_path_factory.mktemp("any")
    if ends_inside_quotes(content):
        assert OPEN in refusal(path, content)
    elif not any(cell for row in csv.reader(io.StringIO(rows, newline="")) for cell in row if cell.strip()):
        assert refusal(path, content).startswith("The file has a header but no contacts.")
    else:
        assert records(path, content)


def ends_inside_quotes(content: str) -> bool:
    inside = False
    at_start = True
    position = 0
    while position < len(content):
        character = content[position]
        if inside:
            if character == '"' and content[position + 1 : position + 2] == '"':
                position += 1
            elif character == '"':
                inside = False
        elif character == '"' and at_start:
            inside = True
        at_start = not inside and character in ",\r\n"
        position += 1
    return inside
