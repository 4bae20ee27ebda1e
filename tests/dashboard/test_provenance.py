"""Where a contact comes from, as the contacts page shows it."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from db.engine import Sessions
from ingestion import deciding, provenance, undoing
from ingestion.rules.issues import IssueType
from tests.conftest import Submit
from tests.dashboard.conftest import Visit, contacts_page, rows, texts
from tests.integration.desk import HEADER, Desk

HOSTILE = "![i](http://evil.example/i.png) <b>"
ROWS = (
    f"ana@x.com, Ana,{HOSTILE},Acme,1\nANA@x.com,Ana,{HOSTILE},Globex,2\n"
    "bo@x.com,Bo,Li,,3\ncy@x.com,Cy,Ng,Hooli,4\n"
)


def choose(app: AppTest, place: int) -> AppTest:
    """Choose the contact that stands at a place of the table."""
    _, _, key = app.dataframe[0].proto.id.split("-", 2)
    app.session_state[key] = {"selection": {"rows": [place], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    return app


def table(app: AppTest, number: int) -> pd.DataFrame:
    frame: pd.DataFrame = app.dataframe[number].value
    return frame


def values_of(app: AppTest) -> dict[str, dict[str, str]]:
    """What is said about each field of the chosen contact."""
    lines: list[dict[str, str]] = table(app, 1).to_dict("records")  # type: ignore[assignment]
    return {line["Field"]: line for line in lines}


@pytest.fixture
def at(processed: Submit, sessions: Sessions, user_id: int) -> Desk:
    """A finalized upload: rows of one contact merged, another row corrected."""
    at = Desk(sessions, user_id, processed((HEADER + ROWS).encode()))
    merged = ["ana@x.com", "Ana", HOSTILE, "Typed & Co", "2"]
    deciding.merge(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), cells=merged)
    corrected = ["bo@x.com", "Bo", "Li", " Hooli", "3"]
    deciding.edit(at.sessions, at.see(IssueType.MISSING_COMPANY), cells=corrected)
    at.finalize()
    return at


def test_nothing_is_said_until_a_contact_is_chosen(visit: Visit, at: Desk) -> None:
    app = visit(contacts_page, at.job_id)
    assert "Choose a contact to see where it comes from." in texts(app)
    assert len(app.dataframe) == 1


def test_a_contact_as_received_names_its_row(visit: Visit, at: Desk) -> None:
    app = choose(visit(contacts_page, at.job_id), 2)
    assert "cy@x.com: made of row 5, the only row with this e-mail address." in texts(app)
    assert table(app, 1).columns.tolist() == ["Field", "Value", "From", "Put there"]
    said = {(line["From"], line["Put there"]) for line in values_of(app).values()}
    assert said == {("Row 5", "As received")}
    assert len(app.dataframe) == 2


def test_a_correction_names_who_made_it_and_what_was_typed(visit: Visit, at: Desk) -> None:
    app = choose(visit(contacts_page, at.job_id), 1)
    values = values_of(app)
    company = values["company"]
    assert (company["Value"], company["From"], company["Before cleaning"]) == ("Hooli", "Row 4", " Hooli")
    assert company["Put there"].startswith("Corrected: Ana No")
    assert values["first_name"]["Put there"] == "As received"
    assert table(app, 2)["Decision"].tolist() == ["Corrected"]


def test_a_merged_contact_shows_its_rows_side_by_side_and_what_was_typed(visit: Visit, at: Desk) -> None:
    app = choose(visit(contacts_page, at.job_id), 0)
    assert "ana@x.com: merged from 2 rows by Ana No" in texts(app)
    values = values_of(app)
    assert {values[name]["From"] for name in ("email", "first_name", "last_name")} == {"Rows 2 and 3"}
    assert values["company"]["From"].startswith("Typed by Ana No")
    assert values["phone"]["From"] == "Row 3"
    assert "1 other row went into it." in texts(app)
    assert "<th scope=col>Row 2</th><th scope=col>Row 3</th>" in rows(app)
    assert "<mark>Acme</mark></td><td dir=auto><mark>Globex</mark>" in rows(app)
    assert table(app, 2)["Decision"].tolist() == ["Merged the rows"]
    assert "evil" not in "".join(str(element.value) for element in [*app.markdown, *app.caption, *app.info])


def test_rows_that_repeat_a_contact_are_shown_beside_it(visit: Visit, processed: Submit) -> None:
    job_id = processed((HEADER + "ana@x.com,Ana,Li,Acme,1\nana@x.com,ana,Li,ACME,2\n").encode())
    app = choose(visit(contacts_page, job_id), 0)
    assert "made of row 2, the first of 2 rows with this e-mail address." in texts(app)
    assert "1 other row repeats it" in texts(app)
    assert "<th scope=col>Row 2</th><th scope=col>Row 3</th>" in rows(app)
    assert len(app.dataframe) == 2


def test_of_many_rows_the_others_are_counted(visit: Visit, at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "ROWS_SHOWN", 0)
    assert "and 1 more" in texts(choose(visit(contacts_page, at.job_id), 0))


def test_after_an_undo_there_is_no_contact_to_choose_until_it_is_made_again(visit: Visit, at: Desk) -> None:
    undoing.undo(at.sessions, at.user_id, at.job_id, 1)
    assert "There are no final contacts yet" in texts(visit(contacts_page, at.job_id))
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    at.finalize()
    app = choose(visit(contacts_page, at.job_id), 0)
    assert "ana@x.com: made of row 3, which was chosen of 2 rows by Ana No" in texts(app)
    assert "1 other row lost to it." in texts(app)
    assert table(app, 2)["Decision"].tolist() == ["Chose a row", "Undone", "Merged the rows"]
    assert table(app, 2)["Undone by"].notna().tolist() == [False, False, True]
