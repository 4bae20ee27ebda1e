"""Texts that COPY escapes are read back as they were."""

from io import BytesIO

import pytest
from sqlalchemy import text

from db.copying import copy_out_lines, lines_copied
from db.engine import Sessions
from db.queries import rows
from ingestion.csv_file.options import ParseOptions
from ingestion.rules.validation import ContactColumns
from tests.conftest import Submit

ODD = [
    "a\\b",
    "a\\\\nb",
    "a\\tb",
    "tab\there",
    "two\nlines",
    "a\r\nb\rc",
    "\b\f\v",
    "\\N",
    "\\.",
    "é日😀",
    "",
]


@pytest.mark.parametrize("odd", [*([name] for name in ODD), ODD])
def test_what_is_copied_out_is_read_back(sessions: Sessions, odd: list[str]) -> None:
    found = BytesIO()
    with sessions() as session:
        session.execute(text("CREATE TEMPORARY TABLE odd (place int, name text) ON COMMIT DROP"))
        for place, name in enumerate(odd):
            session.execute(text("INSERT INTO odd VALUES (:place, :name)"), {"place": place, "name": name})
        copy_out_lines(session, "SELECT place, name FROM odd ORDER BY place", found)

    assert list(lines_copied(found.getvalue())) == [[str(place), name] for place, name in enumerate(odd)]


def test_names_are_copied_as_they_were_received(processed: Submit, sessions: Sessions) -> None:
    content = 'email,first,company\na@x.com,"A\\nna\nLee",Acme\nb@x.com,Bo,\nc@x.com,Cy,Cee\n'
    columns = ContactColumns(email=0, first_name=1, company=2)
    job_id = processed(content.encode(), options=ParseOptions(columns))

    found = BytesIO()
    with sessions() as session:
        rows.copy_names(session, job_id, [2, 3], columns.of_identity(), found)

    assert list(rows.names_copied(found.getvalue())) == [
        (2, "a@x.com", ["A\\nna\nLee", "", "Acme"]),
        (3, "b@x.com", ["Bo", "", ""]),
    ]
