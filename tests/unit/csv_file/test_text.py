"""Files that are unpacked, or whose line ends are a mainframe's, before they are read."""

import gzip
from pathlib import Path

import pytest

from ingestion.csv_file.encodings import ALL
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.text import is_ebcdic
from ingestion.errors import UnreadableFile
from ingestion.rules.validation import ContactColumns

CONTENT = "email,n\na@x.com,Müller\nb@x.com,Weiß\n"
ROWS = [["a@x.com", "Müller"], ["b@x.com", "Weiß"]]


def rows(path: Path, *, max_bytes: int = 1000, **values: object) -> list[list[str]]:
    options = ParseOptions(ContactColumns(0), **values)  # type: ignore[arg-type]
    with open_contacts(path, options, max_bytes=max_bytes) as file:
        return [cells for batch in file.tables for cells in batch.rows]


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


def test_a_gzip_archive_is_unpacked(tmp_path: Path) -> None:
    archive = gzip.compress(CONTENT.encode()[:20], mtime=0) + gzip.compress(CONTENT.encode()[20:], mtime=0)

    assert rows(stored(tmp_path, archive), is_compressed=True) == ROWS


@pytest.mark.parametrize(
    "archive", [gzip.compress(CONTENT.encode(), mtime=0)[:-9], b"\x1f\x8b\x08", b"email\na@x.com"]
)
def test_a_damaged_archive_is_refused(archive: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is damaged or incomplete"):
        rows(stored(tmp_path, archive), is_compressed=True)


def test_an_archive_that_holds_more_than_is_taken_is_refused(tmp_path: Path) -> None:
    archive = gzip.compress(b"email\n" + b"a@x.com\n" * 10_000, mtime=0)

    with pytest.raises(UnreadableFile, match="Unpacked, the file has more than"):
        rows(stored(tmp_path, archive), is_compressed=True)


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252", "mac_roman", "cp850", "utf-8-sig"]
)
def test_text_is_decoded_as_the_options_say(encoding: str, tmp_path: Path) -> None:
    assert rows(stored(tmp_path, CONTENT.encode(encoding)), encoding=encoding) == ROWS


@pytest.mark.parametrize("encoding", ["cp037", "cp273", "cp500", "cp1140"])
@pytest.mark.parametrize("line_end", [b"\x15", b"\x25", b"\x0d\x25", b"\x0d\x15"])
def test_lines_of_a_mainframe_end_as_anywhere(encoding: str, line_end: bytes, tmp_path: Path) -> None:
    content = line_end.join(line.encode(encoding) for line in CONTENT.splitlines())

    assert rows(stored(tmp_path, content), encoding=encoding) == ROWS


def test_ebcdic_is_told_from_the_rest() -> None:
    found = {encoding for encoding in ALL if is_ebcdic(encoding)}

    assert {"cp037", "cp273", "cp500"} <= found
    assert not found & {"cp1252", "cp437", "cp850", "latin-1", "utf-8-sig", "cp932"}


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        pytest.param(CONTENT.encode(), "utf-16", "^The file is not written in UTF-16\\. Save", id="no mark"),
        pytest.param(b"email\nabc", "utf-32", "^The file is not written in UTF-32\\. Save", id="no mark, 32"),
        pytest.param(b"\x1b" + b"(" * 9, "iso2022_jp", "Japanese", id="escapes that do not end"),
        pytest.param(
            b"email,n\na@x.com,+2AA-\n", "utf-7", "^Line 2, column 9 is not UTF-7\\. Save", id="half"
        ),
        pytest.param(b"email,n\na@x.com,+\xff\n", "utf-7", "^Line 2, column 9 is not UTF-7", id="no ASCII"),
    ],
)
def test_what_a_codec_cannot_read_is_refused_whatever_it_raises(
    content: bytes, encoding: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableFile, match=said):
        rows(stored(tmp_path, content), encoding=encoding)


def test_characters_of_two_halves_are_read_from_utf_7(tmp_path: Path) -> None:
    content = "email,n\na@x.com,😀\n".encode("utf-7")

    assert rows(stored(tmp_path, content), encoding="utf-7") == [["a@x.com", "😀"]]
