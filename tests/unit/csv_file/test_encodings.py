"""In which encoding a text is: found, or asked with the truth among the answers, never wrong in silence."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_file.encodings import ALL, OFFERED, Encoding, detect, read_as, undecodable
from trials.encoding_names import LANGUAGES
from trials.encodings import Case, Outcome, cases, oddities, outcome

HEADER = "email,last\n"
STREETS = [
    "Berg",
    "Garten",
    "Haupt",
    "Markt",
    "Kirch",
    "Schul",
    "Wald",
    "Linden",
    "Rosen",
    "Tal",
    "Dorf",
    "Feld",
]
FIRST = "Line 1, column 1 holds the byte 0xE9, which is not UTF-8."
WESTERN = "Line 2, column 2 holds the byte 0x81, which is not Western European (Windows-1252)."
GERMAN = HEADER + "".join(
    f"{name}@x.com,{name}\n" for name in ["Müller", "Jäger", "Schröder", "Weiß", "Hübner", "Özer"]
)
FRENCH = HEADER + "".join(
    f"x,{name}\n"
    for name in [
        "Hélène",
        "François",
        "Jérôme",
        "Benoît",
        "Zoë",
        "Lefèvre",
        "Agnès",
        "Geneviève",
        "Béranger",
        "Châtelain",
        "Forêt",
        "Loïc",
    ]
)
RUSSIAN = HEADER + "".join(
    f"x,{name}\n"
    for name in ["Иванов", "Смирнова", "Кузнецов", "Ольга", "Пётр", "Юрий", "Попова", "Соколов", "Лебедева"]
)
JAPANESE = HEADER + "".join(
    f"x,{name}\n" for name in ["山田", "鈴木", "佐藤", "高橋", "田中", "渡辺", "タロウ", "さくら", "小林"]
)


def found(text: str, encoding: str) -> Encoding:
    return detect(text.encode(encoding), is_complete=True)


def all_of(found: Encoding) -> list[str]:
    return [reading.encoding for reading in found.readings]


@pytest.mark.parametrize(
    ("text", "encoding", "codec"),
    [
        pytest.param("email\nana@x.com\n", "ascii", "utf-8-sig", id="ASCII"),
        pytest.param(GERMAN, "utf-8", "utf-8-sig", id="UTF-8"),
        pytest.param(GERMAN, "utf-8-sig", "utf-8-sig", id="UTF-8 with its mark"),
        pytest.param(GERMAN, "utf-16", "utf-16", id="UTF-16 with its mark"),
        pytest.param("\ufeff" + JAPANESE, "utf-16-be", "utf-16", id="UTF-16-BE with its mark"),
        pytest.param(JAPANESE, "utf-16-le", "utf-16-le", id="UTF-16-LE"),
        pytest.param(
            HEADER + "x,一\n", "utf-16-be", "utf-16-be", id="UTF-16-BE with a NUL on the other side"
        ),
        pytest.param(RUSSIAN, "utf-32", "utf-32", id="UTF-32 with its mark, which begins with UTF-16's"),
        pytest.param(RUSSIAN, "utf-32-be", "utf-32-be", id="UTF-32-BE"),
        pytest.param(GERMAN, "cp1252", "cp1252", id="Windows-1252"),
        pytest.param(GERMAN, "latin-1", "cp1252", id="Latin-1, which Windows-1252 reads alike"),
        pytest.param(FRENCH, "cp1252", "cp1252", id="French, of which Windows-1250 makes Hélčne"),
        pytest.param(GERMAN, "mac_roman", "mac_roman", id="Mac Roman"),
        pytest.param(RUSSIAN, "cp1251", "cp1251", id="Windows-1251"),
        pytest.param(RUSSIAN, "koi8-r", "koi8-r", id="KOI8-R"),
        pytest.param(JAPANESE, "cp932", "cp932", id="Shift JIS"),
        pytest.param(JAPANESE, "euc_jp", "euc_jp", id="EUC-JP"),
        pytest.param(JAPANESE, "iso2022_jp", "iso2022_jp", id="ISO-2022-JP, which is ASCII by its bytes"),
    ],
)
def test_what_no_other_encoding_reads_otherwise_is_found_at_once(
    text: str, encoding: str, codec: str
) -> None:
    result = found(text, encoding)

    assert (all_of(result), result.is_certain) == ([codec], True)
    assert text.encode(encoding).decode(codec) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(HEADER + "x,Jäger\n", "cp1252", id="Jńger would be Polish"),
        pytest.param(HEADER + "x,Øst\n", "cp1252", id="Řst would be Czech"),
        pytest.param(HEADER + "x,Nuñez\n", "cp1252", id="Nuńez would be Polish"),
        pytest.param(HEADER + "x,Yılmaz\n", "cp1254", id="Yýlmaz would be Icelandic"),
        pytest.param(HEADER + "x,ИВАНОВ\n", "cp1251", id="capitals of one code are small letters of another"),
        pytest.param(HEADER + "x,王\n", "gb18030", id="one Chinese character"),
        pytest.param(HEADER + "x,Müller\n", "utf-7", id="UTF-7, which is ASCII by its bytes"),
        pytest.param(HEADER + "x,王伟\n", "hz", id="HZ, which is ASCII by its bytes"),
    ],
)  # fmt: skip
def test_thin_evidence_makes_a_question_with_distinct_answers(text: str, encoding: str) -> None:
    result = found(text, encoding)

    assert not result.is_certain
    assert 1 < len(result.readings) <= 3
    assert len({reading.excerpts for reading in result.readings}) == len(result.readings)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            [f"k{number}@x.de;Jürgen;Groß{number};Fuß KG" for number in range(3000)], id="one name, numbered"
        ),
        pytest.param(
            [
                f"k@x.de;Ana;Lee;{one}{two}straße"
                for one, two in itertools.product(STREETS, map(str.lower, STREETS))
            ],
            id="one ending of many words",
        ),
    ],
)
def test_one_spelling_many_times_over_is_no_further_evidence(rows: list[str]) -> None:
    result = found("\r\n".join(["E-Mail;Vorname;Nachname;Firma", *rows]), "cp1252")

    assert not result.is_certain
    assert "cp1252" in [reading.encoding for reading in result.readings]


def test_a_question_shows_the_cells_that_the_answers_read_differently() -> None:
    result = found(HEADER + "x,Jäger\nx,\nx,Smith\n", "cp1252")

    assert ("Jäger",) in [reading.excerpts for reading in result.readings]
    assert all(reading.label == ALL[reading.encoding] for reading in result.readings)


def test_lines_of_utf8_among_others_make_a_question() -> None:
    mixed = GERMAN.encode("cp1252") * 50 + "x,Jürgen Müller\n".encode()

    assert not detect(mixed, is_complete=True).is_certain


def test_one_damaged_byte_in_utf8_is_not_taken_for_another_encoding() -> None:
    damaged = GERMAN.encode() * 20 + b"x,Fr\xe9\n"

    assert not detect(damaged, is_complete=True).is_certain


def test_bytes_that_no_encoding_reads_as_text_make_a_question() -> None:
    result = detect(b"email\n" + bytes(range(0x01, 0x20)) + b"\x81\xff\xfe\n", is_complete=True)

    assert not result.is_certain
    assert result.readings


@pytest.mark.parametrize(
    "cells",
    [
        "ana+news@x.com,ana+abc@x.com,ana+test-1@x.com",
        "+491711234567,+31 6 12345678,+49171123",
        "~{,~}",
        "\x1b[31mred\x1b[0m,",
        "a+b-c,1+1=2",
    ],
)
def test_ascii_that_only_looks_as_if_it_escaped_is_ascii(cells: str) -> None:
    result = found(f"email,phone\n{cells}\n" * 3, "ascii")

    assert (all_of(result), result.is_certain) == (["utf-8-sig"], True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp932", "euc_jp", "gb18030", "cp949"])
@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_a_beginning_may_end_within_a_character(encoding: str, cut: int) -> None:
    text = "".join(case.text for case in cases_of(encoding) if case.size == 30)
    whole = detect(text.encode(encoding), is_complete=True)
    part = detect(text.encode(encoding)[:-cut], is_complete=False)

    assert (part.readings[0].encoding, part.is_certain) == (whole.readings[0].encoding, True)


def cases_of(encoding: str) -> list[Case]:
    return [case for case in cases(range(1), [encoding]) if case.language == "mixed"]


@pytest.mark.parametrize(
    ("marked", "codec"), [(b"\xef\xbb\xbfemail\n\xe9\n", "utf-8-sig"), (b"\xff\xfee\0m\0\n\0x", "utf-16")]
)
def test_a_mark_is_believed_so_that_damage_below_it_can_be_named(marked: bytes, codec: str) -> None:
    result = detect(marked, is_complete=True)

    assert (all_of(result), result.is_certain) == ([codec], True)


def test_excerpts_are_distinct_cells_in_file_order_and_short() -> None:
    text = (
        HEADER
        + "x,Zoë\ny,Anna\nx,Zoë\nz,Ümit\nw,"
        + "é" * 100
        + "\n"
        + "".join(f"v,ø{n}\n" for n in range(20))
    )
    [reading] = found(text, "utf-8").readings

    assert reading.excerpts[:2] == ("Zoë", "Ümit")
    assert len(reading.excerpts) == 8
    assert max(map(len, reading.excerpts)) <= 40


def test_a_text_can_be_read_as_chosen_or_not_at_all() -> None:
    content = GERMAN.encode("cp1252")
    read = read_as(content, "iso8859-2", is_complete=True)

    assert read is not None
    assert read.excerpts[0] == "Müller@x.com"
    assert read_as(content, "utf-8-sig", is_complete=True) is None


@pytest.mark.parametrize("encoding", ALL)
def test_everything_offered_has_a_codec(encoding: str) -> None:
    assert read_as("email\n".encode(encoding), encoding, is_complete=True) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", *LANGUAGES])
def test_no_list_is_misread_in_silence_and_a_long_one_is_seldom_asked_about(encoding: str) -> None:
    came = {case: outcome(case) for case in cases(range(1), [encoding])}

    assert Outcome.WRONG not in came.values()
    assert Outcome.MISSED not in {result for case, result in came.items() if case.size >= 30}


def test_no_misleading_list_is_misread_in_silence() -> None:
    wrong = [case for case in oddities() if outcome(case) is Outcome.WRONG]

    assert wrong == []


@given(st.binary(max_size=200))
def test_any_bytes_have_a_reading_and_a_certain_one_can_be_opened(content: bytes) -> None:
    for is_complete in (True, False):
        result = detect(content, is_complete=is_complete)

        assert 1 <= len(result.readings) <= 3
        assert all(reading.encoding in ALL for reading in result.readings)


@pytest.mark.parametrize(
    ("content", "encoding", "place"),
    [
        pytest.param(b"\xe9", "utf-8-sig", FIRST, id="first"),
        pytest.param(b"email\nZo\xeb,x\n", "utf-8-sig", "Line 2, column 3 holds", id="in a line"),
        pytest.param("é,é".encode() + b"\xe9", "utf-8-sig", "Line 1, column 4", id="not bytes"),
        pytest.param(b"\xef\xbb\xbfab\xe9", "utf-8-sig", "Line 1, column 3", id="mark"),
        pytest.param(b"a\r\nb\r\nc\xff\r\n", "utf-8-sig", "Line 3, column 2 holds", id="CRLF"),
        pytest.param(b"a\rb\rc\xff\r", "utf-8-sig", "Line 3, column 2 holds", id="CR"),
        pytest.param(b"a\xe2\x82", "utf-8-sig", "Line 1, column 2 holds the byte 0xE2", id="cut"),
        pytest.param(b"a\n" * 70_000 + b"bc\x93", "utf-8-sig", "Line 70001, column 3", id="far into it"),
        pytest.param(b"a" * 200_000 + b"\x93", "utf-8-sig", "Line 1, column 200001", id="in a long line"),
        pytest.param(b"a\nb\x81", "cp1252", WESTERN, id="1252"),
        pytest.param("山\n田".encode("cp932") + b"\x81", "cp932", "Line 2, column 2", id="932"),
        pytest.param("a\nb".encode("utf-16") + b"\x00", "utf-16", "Line 2, column 2 holds", id="UTF-16"),
        pytest.param(b"a\x00\x00\xd8b\x00", "utf-16-le", "Line 1, column 2 holds", id="half a pair"),
        pytest.param(b"a\x1b$Bzz\x7f\x7f", "iso2022_jp", "Line 1, column", id="an escape to nowhere"),
    ],
)  # fmt: skip
def test_the_first_bytes_that_are_not_of_the_encoding_are_located(
    content: bytes, encoding: str, place: str, tmp_path: Path
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(content)

    said = undecodable(path, encoding)

    assert said.startswith(place)
    assert said.endswith("Save it as “CSV UTF-8 (comma delimited)” and upload it again.")


def test_what_most_files_are_written_in_is_among_the_answers() -> None:
    found = detect("name,email\nJosé © X,a@x.com\n".encode("cp1252"), is_complete=True)

    assert not found.is_certain
    assert "cp1252" in {reading.encoding for reading in found.readings}


def test_one_nul_in_ascii_is_not_utf_16() -> None:
    assert detect(b"a,b\n1,\x002\n", is_complete=True).readings[0].encoding == "utf-8-sig"


def test_what_takes_a_mark_is_not_offered_to_files_without_one() -> None:
    plain = "email\nana@x.com\n"

    assert {name for name in ALL if name not in OFFERED} == {"utf-16", "utf-32"}
    assert read_as(plain.encode(), "utf-16", is_complete=True) is None
    assert read_as(plain.encode("utf-16-le"), "utf-16", is_complete=True) is None


def test_halves_of_characters_are_not_read_from_utf_7() -> None:
    assert read_as(b"email\n+2AA-\n", "utf-7", is_complete=True) is None
    assert detect(b"email\n+2AA-\n", is_complete=True).readings[0].encoding == "utf-8-sig"


def test_no_answer_to_a_question_looks_like_another() -> None:
    found = detect("name\nΆννα\nΈλλη\nΝίκος\n".encode("cp1253"), is_complete=True)

    excerpts = [reading.excerpts for reading in found.readings]
    assert found.is_certain or len(set(excerpts)) == len(excerpts)
