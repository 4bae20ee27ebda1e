"""How files would be read, and what is asked about them."""

import gzip

import pytest

from ingestion.csv_file import encodings
from ingestion.csv_file import source as sources
from ingestion.csv_file import workbook as workbooks
from ingestion.csv_file.mapping import Doubt
from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.proposal import Choices, Proposal, certain_options, propose
from ingestion.csv_file.source import examine
from ingestion.errors import UnreadableFile
from ingestion.rules.names import NameOrder, NameSplit
from ingestion.rules.reasons import REASON_COLUMN
from ingestion.rules.validation import ContactColumns
from tests.unit.csv_file.workbooks import workbook

PLAIN = "email,first name,last name,company\nana@x.com,Ana,Müller,Acme\nbo@x.com,Bo,Li,Beta\n"
HEADER = ["email", "first name", "last name", "company"]
ROW = ["ana@x.com", "Ana", "Müller", "Acme"]


def proposal(content: str | bytes, choices: Choices | None = None, *, is_complete: bool = True) -> Proposal:
    content = content.encode() if isinstance(content, str) else content
    return propose(examine(content, is_complete=is_complete, max_bytes=10_000_000), choices)


def test_a_plain_file_is_beyond_doubt() -> None:
    found = proposal(PLAIN)

    assert found.is_certain
    assert found.names == tuple(HEADER)
    assert [record.number for record in found.rows] == [2, 3]
    assert found.options() == ParseOptions(
        ContactColumns(0, 1, 2, 3), encoding="utf-8-sig", is_protected=True
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(PLAIN.encode("utf-16"), {"encoding": "utf-16"}, id="UTF-16"),
        pytest.param(PLAIN.replace(",", ";").encode(), {"dialect": Dialect(";")}, id="semicolons"),
        pytest.param(
            b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
            {"dialect": Dialect(";"), "header_row": 2},
            id="sep",
        ),
        pytest.param(f"Contacts of May\n\n{PLAIN}".encode(), {"header_row": 3}, id="preamble"),
        pytest.param(gzip.compress(PLAIN.encode(), mtime=0), {"is_compressed": True}, id="gzip"),
        pytest.param(
            workbook({"notes": [["x"]], "May": [HEADER, ROW]}),
            {"sheet": "May", "encoding": "utf-8"},
            id="xlsx",
        ),
    ],
)
def test_what_exporters_write_is_read_without_a_question(content: bytes, expected: dict[str, object]) -> None:
    values = {
        "contact_columns": ContactColumns(0, 1, 2, 3),
        "encoding": "utf-8-sig",
        "is_protected": "sheet" not in expected,
        **expected,
    }

    assert proposal(content).is_certain
    assert certain_options(content, 10_000_000) == ParseOptions(**values)  # type: ignore[arg-type]


def test_an_encoding_that_the_evidence_does_not_settle_is_asked_and_the_answer_holds() -> None:
    content = "email,first name,last name,company\nana@x.com,Ana,Dvo\u0159\u00e1k,Acme\n".encode("cp1250")

    asked = proposal(content)
    answered = proposal(content, Choices(encoding="cp1250"))

    assert asked.asks_encoding
    assert not asked.is_certain
    assert answered.is_certain
    assert answered.rows[0].cells[2] == "Dvořák"


def test_an_encoding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="not written in utf-8"):
        proposal(b"email\na@x.com\n\xe9@x.com\n", Choices(encoding="utf-8"))


def test_a_full_name_is_split_only_when_somebody_confirms_it() -> None:
    found = proposal('name,email,company\n"Silva, Ana",ana@x.com,Acme\n"Li, Bo",bo@x.com,Beta\n')

    assert found.mapping.doubts == (Doubt.FULL_NAME,)
    assert not found.is_certain
    options = found.options()
    assert options.name_split == NameSplit(0, NameOrder.LAST_FIRST)
    assert options.contact_columns == ContactColumns(1, first_name=3, last_name=4, company=2)


def test_a_chosen_header_row_is_taken_and_no_longer_asked() -> None:
    found = proposal("a@x.com,Ana\nb@x.com,Bo\n")
    chosen = proposal("a@x.com,Ana\nb@x.com,Bo\n", Choices(header_row=1))

    assert (found.header_row, found.asks_header) == (0, True)
    assert found.names == ("column_1", "column_2")
    assert (chosen.header_row, chosen.asks_header) == (1, False)
    assert chosen.names == ("a@x.com", "Ana")


def test_the_reasons_of_a_corrected_report_are_left_out() -> None:
    found = proposal(
        f"email,first name,last name,company,{REASON_COLUMN}\nana@x.com,Ana,Li,Acme,Blank e-mail\n"
    )

    assert found.is_certain
    assert found.names == tuple(HEADER)
    assert found.rows[0].cells == ["ana@x.com", "Ana", "Li", "Acme"]
    assert found.options().ignored_column == 4


def test_a_record_cut_by_the_end_of_the_sample_is_not_shown() -> None:
    found = proposal(PLAIN + 'cy@x.com,"Cy\n', is_complete=False)

    assert [record.cells[0] for record in found.rows] == ["ana@x.com", "bo@x.com"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n \n", "holds only blank lines"),
        ("email,name\n", "has a header but no contacts"),
        ('"email,name\na@x.com,b\n', "stands in the header"),
        (",".join(["email", *"x" * 1000]) + "\n" + "," * 1000 + "a\n", "has 1,001 columns; at most 1,000"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (workbook({"May": []}), "holds only blank lines"),
        (gzip.compress(workbook({"May": [["x"]]}), mtime=0), "holds another archive"),
        (
            gzip.compress(b"email\n" + b"a@x.com\n" * 2_000_000, mtime=0),
            "Unpacked, the file has more than 9 MB",
        ),
        (gzip.compress(PLAIN.encode(), mtime=0)[:-12], "damaged or incomplete"),
    ],
)
def test_what_is_no_contact_list_is_refused_with_what_it_is(content: str | bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        proposal(content)


def test_without_an_answer_a_doubtful_file_is_not_taken() -> None:
    with pytest.raises(UnreadableFile, match="is to be decided first: no_email"):
        certain_options(b"name,phone\nAna,1\n", 1000)


def test_options_survive_their_form_on_the_job() -> None:
    options = proposal('name;email\n"Silva, Ana";ana@x.com\n').options()

    assert ParseOptions.from_json(options.as_json()) == options


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"email\na@x.com\n", "utf-16"),
        (b"\x1b" + b"(" * 9, "iso2022_jp"),
        (b"email,n\na@x.com,+2AA-\n", "utf-7"),
    ],
)
def test_an_encoding_whose_codec_fails_in_its_own_way_is_refused_as_any(
    content: bytes, encoding: str
) -> None:
    with pytest.raises(UnreadableFile, match=f"not written in {encoding}"):
        proposal(content, Choices(encoding=encoding), is_complete=False)


def test_a_workbook_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = {f"s{n}": [HEADER, [f"{n}@x.com", "Ana", "Li", "Acme"]] for n in range(12)}
    source = examine(workbook(sheets), is_complete=True, max_bytes=10_000_000)
    propose(source, Choices(sheet="s11"))
    monkeypatch.setattr(workbooks, "opened", None)

    assert propose(source).sheet == "s0"
    assert propose(source, Choices(sheet="s11")).rows[0].cells[0] == "11@x.com"


def test_of_a_large_archive_only_the_beginning_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_DETECTED_BYTES", 3_000_000)
    lengths: list[int] = []
    detect = encodings.detect

    def noted(content: bytes, *, is_complete: bool) -> encodings.Encoding:
        lengths.append(len(content))
        assert not is_complete
        return detect(content, is_complete=is_complete)

    monkeypatch.setattr(encodings, "detect", noted)
    source = examine(gzip.compress(PLAIN.encode() * 100_000, mtime=0), is_complete=True, max_bytes=10_000_000)

    assert lengths == [3_000_000]
    assert not source.is_complete
    assert propose(source).is_certain


PROTECTED = "email,'=first\nana@x.com,'=1+1\nbo@x.com,'Bo'\n"


def test_an_exports_apostrophes_are_taken_off_unless_somebody_says_otherwise() -> None:
    found = proposal(PROTECTED)
    assert (found.has_protected, found.is_protected, found.names[1]) == (True, True, "=first")
    assert [row.cells[1] for row in found.rows] == ["=1+1", "'Bo'"]
    assert found.options().is_protected

    kept = proposal(PROTECTED, Choices(is_protected=False))
    assert (kept.has_protected, kept.is_protected, kept.names[1]) == (True, False, "'=first")
    assert kept.rows[0].cells[1] == "'=1+1"
    assert not kept.options().is_protected


def test_nothing_is_said_of_apostrophes_where_there_are_none_of_an_export() -> None:
    assert not proposal("email,name\nana@x.com,O'Brien\nbo@x.com,'+49 30 123\n").has_protected


def test_a_workbook_keeps_its_apostrophes_unless_it_was_made_of_a_report() -> None:
    rows = [["email", "first_name"], ["ana@x.com", "'=1+1"]]
    found = proposal(workbook({"May": rows}))
    assert (found.has_protected, found.is_protected) == (True, False)

    report = [[*rows[0], REASON_COLUMN], [*rows[1], "Missing company"]]
    assert proposal(workbook({"May": report})).is_protected
