"""How a text file is written."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_file.dialects import DELIMITERS, detect, sep_line
from ingestion.csv_file.options import Dialect

COMMA, SEMICOLON, TAB, PIPE = map(Dialect, DELIMITERS)


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("sep=;", ";"),
        ("sep=;\r\n", ";"),
        ('"sep=,"\n', ","),
        ("SEP=\t\n", "\t"),
        ("\ufeffSep=|\n", "|"),
        ("sep=", None),
        ('sep="', None),
        ("sep=;;", None),
        ("separator", None),
        ("", None),
    ],
)
def test_excels_line_names_the_delimiter(line: str, delimiter: str | None) -> None:
    assert sep_line(line) == delimiter


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("email,last\na@x.com,O'Brien\nb@x.com,Smith\n", COMMA),
        ("email;name\na@x.com;Ann", SEMICOLON),
        ("email\tname\na@x.com\tSmith, Ann\n", TAB),
        ("email|name\na@x.com|Smith, Ann\n", PIPE),
        ("email;name\ra@x.com;Ann\r", SEMICOLON),
        ("\ufeffemail;name\na@x.com;Ann", SEMICOLON),
        ("a@x.com;Anna;Firma, GmbH", SEMICOLON),
        ("E-Mail;Betrag;Notiz\na@x.de;1,5;x\nb@x.de;2,5\nc@x.de;3,5\nd@x.de;4,5\n", SEMICOLON),
        ("email,name,tags\na@x.com,Ann\nb@x.com,Bob,x;y\nc@x.com,Cy,p;q\nd@x.com,Di,r;s,t\n", COMMA),
        ("a@x.com,Ann;Lee\nb@x.com,Bob;Ray,x\nc@x.com,Cy;Doe,x,y\n", COMMA),
        ("E-Mail;Name;Betrag\na@x.de;Anna;1,5\nb@x.de;Bob;2,5\n", SEMICOLON),
        ("a@x.de;Anna;1,5\nb@x.de;Bob;2,5\n", SEMICOLON),
        ("Anna;1,5;2,5\nBob;2,5;3,5\n", SEMICOLON),
        ('"a@x.com";"Smith, Ann";"1,5"\n"b@x.com";"Doe, Bob";"2,5"\n', SEMICOLON),
        ('email,name\na@x.com,"Smith; Ann"\nb@x.com,"Doe; Bob"\n', COMMA),
        ("name,emails\nAnn,a@x.com;b@x.com\nBob,c@x.com;d@x.com\n", COMMA),
        ("Report, generated; today\nBy admin@x.com\n\nemail;name\na@x.com;Ann\n", SEMICOLON),
        ("Email\n\nfirst;last;Work\nAnn;B;a@x.com\nBob;C;c@x.com\n", SEMICOLON),
        ("sep=;\nemail;name\na@x.com;Ann\n", SEMICOLON),
        ("Vorname,\tName,\tE-Mail\nAnn,\tLee,\ta@x.com\nBob,\tRay,\tb@x.com\n", COMMA),
        ("Vorname;\tName;\tE-Mail\nAnn;\tLee;\ta@x.com\nBob;\tRay;\tb@x.com\n", SEMICOLON),
        ("Vorname\tName\tE-Mail\nAnn\tLee, PhD\ta@x.com\nBob\tRay,\tb@x.com\n", TAB),
        ('"sep=|"\nemail|a,b,c\na@x.com|1,2,3\n', PIPE),
    ],
)
def test_the_delimiter_is_the_one_that_makes_contacts_of_the_lines(text: str, dialect: Dialect) -> None:
    assert detect(text) == dialect


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "email\na@x.com\nb@x.com\n",
        "a@x.com\nb@x.com",
        "email\na@x.com;b@x.com\nc@x.com;d@x.com\n",
    ],
)
def test_a_single_column_is_read_by_commas(text: str) -> None:
    assert detect(text) == COMMA


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("'email','name'\n'a@x.com','Smith, Ann'\n'b@x.com','O''Brien'\n", Dialect(",", "'")),
        ("'email','name'\n'a@x.com','Smith, Ann'\n'b@x.com','O\\'Brien'\n", Dialect(",", "'", "\\")),
        ('"email","note"\n"a@x.com","say \\"hi\\", ok"\n"b@x.com","x"\n', Dialect(",", '"', "\\")),
        ('"email","note"\n' + '"a@x.com","x"\n' * 900 + '"b@x.com","a \\"b\\""\n', Dialect(",", '"', "\\")),
        ("email,note\na@x.com,Smith\\, Ann\nb@x.com,x\n", Dialect(",", '"', "\\")),
        ('"email", "name"\n"a@x.com", "Smith, Ann"\n', Dialect(",", skips_space=True)),
        ('"email"; "name"\n"a@x.com"; "Ann"\n', Dialect(";", skips_space=True)),
        ('email, name\n"a@x.com", "Ann \\"Lee, X"\n', Dialect(",", '"', "\\", skips_space=True)),
        ('email, name\n"a@x.com", "C:\\Ann"\n', Dialect(",", skips_space=True)),
    ],
)
def test_other_quotes_escapes_and_blanks_are_found_where_needed(text: str, dialect: Dialect) -> None:
    assert detect(text) == dialect


@pytest.mark.parametrize(
    "text",
    [
        "email,last\na@x.com,'t Hooft\nb@x.com,'s Gravenmade\n",
        "email,phone\na@x.com,'0012\nb@x.com,'0013\n",
        "email,shop\na@x.com,James'\nb@x.com,Charles'\n",
        '"email","name"\n"a@x.com","\'Ann\'"\n"b@x.com","\'Bob\'"\n',
        '"email","dir"\n"a@x.com","C:\\dir\\"\n"b@x.com","x"\n',
        "email,path\na@x.com,C:\\new\nb@x.com,\\\\server\n",
        'email,note\na@x.com,5" tape\nb@x.com,"abc\nc@x.com,x\n',
        'email,name\na@x.com,"Smith, ""Johnny"""\n',
        "email, name\na@x.com, Ann\n",
        'email,tags\na@x.com,"[""a"", ""b""]"\nb@x.com,"[""c"", ""d""]"\n',
        'email,tags\na@x.com,"[""a"", ""b"", ""c""]"\n',
        '"email","name","note"\n"a@x.com",""," """\n',
        'email,name\na@x.com, "Johnny" Smith\n',
        "email,name\na@x.com,'Ann'\nb@x.com,Bob\nc@x.com,Cy\n",
        '"email",name\n"a@x.com",\'Ann\'\n"b@x.com",\'Bob\'\n',
        "email,last,shop\na@x.com,'t Hooft,James'\nb@x.com,'s Gravenmade,Charles'\n",
    ],
)
def test_apostrophes_backslashes_and_stray_quotes_are_text_otherwise(text: str) -> None:
    assert detect(text) == COMMA


def test_a_head_may_end_inside_a_quoted_cell() -> None:
    text = "email;note\n" + 'a@x.com;"x,\ny"\n' * 300 + 'b@x.com;"unfin'

    assert detect(text) == SEMICOLON


CELLS = st.text("ab ,;|\t'\"\n5", max_size=8)


@given(st.sampled_from(DELIMITERS), st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_what_python_writes_is_read_back_whatever_its_cells_hold(
    delimiter: str, cells: list[tuple[str, str]]
) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["email", "name", "note"])
    writer.writerows([f"a{at}@x.com", *row] for at, row in enumerate(cells))

    assert detect(target.getvalue()) == Dialect(delimiter)
