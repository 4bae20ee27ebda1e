"""What is text, and what is said of a file that is not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_file.encoding import open_text
from ingestion.errors import UnreadableFile

AS_CSV = "Save it as “CSV UTF-8 (comma delimited)” and upload it again."


def read(folder: Path, content: bytes) -> str:
    path = folder / "contacts.csv"
    path.write_bytes(content)
    with open_text(path) as text:
        return text.read()


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(folder, content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"email\nana@x.com\n", "email\nana@x.com\n"),
        (b"\xef\xbb\xbfemail\n", "email\n"),
        (b"email\n\xef\xbb\xbf", "email\n\ufeff"),
        (b"a\r\nb\rc\nd", "a\r\nb\rc\nd"),
        ("é,日本,😀".encode(), "é,日本,😀"),
        (b"P", "P"),
        (b"PK,email\n", "PK,email\n"),
        (b"GIF89a", "GIF89a"),
    ],
)
def test_utf8_is_read_with_its_line_ends_and_without_its_byte_order_mark(
    content: bytes, text: str, tmp_path: Path
) -> None:
    assert read(tmp_path, content) == text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04\x14\x00", "a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x1f\x8b\x08\x00", "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        ("email\nana@x.com\n".encode("utf-16"), "text in UTF-16"),
        (b"\xfe\xff" + "email\n".encode("utf-16-be"), "text in UTF-16"),
    ],
)
def test_another_kind_of_file_is_named(content: bytes, kind: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, content) == f"The file is not a CSV file but {kind}. {AS_CSV}"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, b"")

    assert said == "The file is empty. Export the contacts again and upload the new file."


@pytest.mark.parametrize(
    ("content", "line", "column", "byte"),
    [
        pytest.param(b"\xe9", 1, 1, "0xE9", id="the first byte"),
        pytest.param(b"email\nZo\xeb,x\n", 2, 3, "0xEB", id="Latin-1"),
        pytest.param("é,é".encode() + b"\xe9", 1, 4, "0xE9", id="columns are characters, not bytes"),
        pytest.param(b"\xef\xbb\xbfab\xe9", 1, 3, "0xE9", id="a byte-order mark takes no column"),
        pytest.param(b"a\r\nb\r\nc\xff\r\n", 3, 2, "0xFF", id="CRLF"),
        pytest.param(b"a\rb\rc\xff\r", 3, 2, "0xFF", id="CR"),
        pytest.param(b"a\xe2\x82", 1, 2, "0xE2", id="cut in the middle of a character"),
        pytest.param(b"a\xed\xa0\x80", 1, 2, "0xED", id="a surrogate"),
        pytest.param(b"a\xc0\x80", 1, 2, "0xC0", id="an overlong form"),
        pytest.param(b"a\n" * 40_000 + b"bc\x93", 40_001, 3, "0x93", id="far into the file"),
    ],
)
def test_the_first_byte_that_is_not_utf8_is_located(
    content: bytes, line: int, column: int, byte: str, tmp_path: Path
) -> None:
    assert refusal(tmp_path, content) == (
        f"Line {line}, column {column} holds the byte {byte}, which is not UTF-8. {AS_CSV}"
    )


@given(content=st.binary(min_size=1, max_size=40))
def test_any_bytes_are_text_or_are_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        expected = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refusal(folder, content)
    else:
        if content.startswith((b"%PDF", b"PK\x03\x04")):
            refusal(folder, content)
        else:
            assert read(folder, content) == expected
