"""How files are read, asked and answered on the pages."""

import csv
import gc
import io
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Selectbox

from dashboard import resources
from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion import error_report, intake, processing, viewing
from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.source import Source
from ingestion.errors import StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.names import NameOrder, NameSplit
from ingestion.rules.validation import ContactColumns
from ingestion.settings import Settings
from ingestion.storage import Bucket
from tests.conftest import Submit
from tests.dashboard.conftest import Visit, chosen, click, contacts_page, texts, upload_page, uploads_page
from tests.unit.csv_file.workbooks import workbook

PLAIN = "E-Mail;Vorname;Nachname;Firma\nana@x.com;Ana;Weiß;Acme\n".encode()
CENTRAL = "email,first_name,last_name,company\na@x.com,Eva,Weiß,Acme\nb@x.com,Udo,Dvořák,Li\n".encode(
    "cp1250"
)
FULL = b"Email,Name,Company\nana@x.com,Ana Silva,Acme\nbo@x.com,Bo van Dyk,Hooli\n"
OTHER = b"Email,Contact,Team\nana@x.com,Ana,Acme\nbo@x.com,Bo,Hooli\n"
CARDS, QUESTION = "This reads right", "In which encoding are the names written?"
CONFIRM = "Use these columns"


def box(app: AppTest, label: str) -> Selectbox[Any]:
    return next(box for box in app.selectbox if box.label == label)


def button(app: AppTest, label: str) -> Button:
    return next(button for button in app.button if button.label == label)


def answer(app: AppTest, label: str, option: str) -> AppTest:
    """Choose an option as it is shown."""
    select = box(app, label)
    select.select_index(select.options.index(option))
    app.run()
    assert not app.exception
    return app


def words_of(app: AppTest) -> str:
    return texts(app).replace("\\", "")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def remove(app: AppTest, name: str) -> AppTest:
    """Take one file out of those chosen, as the cross beside it does."""
    uploader = app.file_uploader[0]
    uploader._files = [file for file in uploader._get_files_to_register() if file[1] != name]
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def options(sessions: Sessions) -> Callable[[int], ParseOptions]:
    def options(job_id: int) -> ParseOptions:
        with sessions() as session:
            return ParseOptions.from_json(session.get_one(Job, job_id).parse_options)

    return options


@pytest.fixture
def process(sessions: Sessions, bucket: Bucket, user_id: int) -> Callable[[], viewing.Upload]:
    """Processes the newest upload."""

    def process() -> viewing.Upload:
        newest = viewing.listed(sessions, user_id)[0]
        processing.process(sessions, bucket, newest.id)
        return viewing.get(sessions, user_id, newest.id)

    return process


Options = Callable[[int], ParseOptions]
Process = Callable[[], viewing.Upload]


def test_a_file_beyond_doubt_needs_no_click(visit: Visit, process: Process, options: Options) -> None:
    app = chosen(visit(uploads_page), ("plain.csv", PLAIN))
    assert (
        "**plain.csv** · UTF-8, semicolon; e-mail from “E-Mail”, first name from “Vorname”, "
        "last name from “Nachname”, company from “Firma”." in words_of(app)
    )
    click(app, "Upload 1 file")
    upload = process()
    assert upload.status is JobStatus.COMPLETED
    assert options(upload.id) == ParseOptions(
        ContactColumns(0, 1, 2, 3),
        encoding="utf-8-sig",
        dialect=Dialect(delimiter=";"),
        is_protected=True,
    )


def test_an_exports_apostrophes_are_mentioned_and_can_be_kept(
    visit: Visit, process: Process, options: Options
) -> None:
    content = PLAIN.replace(b"Acme", b"'=Acme")
    app = chosen(visit(uploads_page), ("export.csv", content))
    assert "Cells such as '=A1 were protected by an export" in words_of(app)
    assert "=Acme" in set(app.dataframe[0].value.iloc[0])

    app.toggle[0].set_value(False).run()
    assert not app.exception
    assert "Cells such as '=A1 are read with their apostrophe." in words_of(app)
    assert "'=Acme" in set(app.dataframe[0].value.iloc[0])
    click(app, "Upload 1 file")
    assert not options(process().id).is_protected


def test_apostrophes_of_no_export_are_not_mentioned(visit: Visit) -> None:
    app = chosen(visit(uploads_page), ("plain.csv", PLAIN.replace(b"Ana", b"D'Ana")))
    assert not app.toggle
    assert "apostrophe" not in words_of(app)


def test_the_encoding_is_asked_by_the_files_own_words_and_answered_by_a_click(
    visit: Visit, process: Process, options: Options
) -> None:
    app = chosen(visit(uploads_page), ("central.csv", CENTRAL))
    assert QUESTION in texts(app)
    assert labels(app).count(CARDS) == 3
    shown = texts(app)
    at = [shown.index(spelled) for spelled in ("Dvoøák", "Dvořák", "Dvoűák")]
    assert at == sorted(at)
    assert button(app, "Upload 0 files").disabled

    [button for button in app.button if button.label == CARDS][1].click().run()
    assert "Central European (Windows-1250), comma" in words_of(app)
    click(app, "Upload 1 file")
    upload = process()
    assert options(upload.id).encoding == "cp1250"
    assert visit(contacts_page, upload.id).dataframe[0].value["last_name"].tolist() == ["Weiß", "Dvořák"]


def test_an_encoding_that_is_none_of_the_likeliest_is_chosen_and_taken_back(visit: Visit) -> None:
    app = chosen(visit(uploads_page), ("central.csv", CENTRAL))
    answer(app, "None of them", "Baltic (Windows-1257)")
    assert "Baltic (Windows-1257), comma" in words_of(app)
    assert "Upload 1 file" in labels(app)

    click(app, "Choose another encoding")
    assert QUESTION in texts(app)
    assert box(app, "None of them").value is None
    assert "Upload 1 file" not in labels(app)


def test_bytes_that_are_not_of_a_chosen_encoding_leave_a_way_back(visit: Visit) -> None:
    app = chosen(visit(uploads_page), ("central.csv", CENTRAL))
    answer(app, "None of them", "UTF-8")
    assert "not written in" in words_of(app)
    click(app, "Choose another encoding")
    assert labels(app).count(CARDS) == 3
    answer(app, "None of them", "UTF-8")
    click(app, "Read it as it was found")
    assert QUESTION in texts(app)


def test_also_an_encoding_that_seemed_certain_can_be_corrected(visit: Visit) -> None:
    app = click(chosen(visit(uploads_page), ("plain.csv", PLAIN)), "Choose another encoding")
    assert "Weiß" in texts(app)
    answer(app, "None of them", "Western European (Windows-1252)")
    assert app.dataframe[0].value["Nachname → Last name"].tolist() == ["WeiÃŸ"]
    click(click(app, "Choose another encoding"), CARDS)
    assert app.dataframe[0].value["Nachname → Last name"].tolist() == ["Weiß"]


def test_a_full_name_is_split_as_its_preview_shows(visit: Visit, process: Process, options: Options) -> None:
    app = chosen(visit(uploads_page), ("people.csv", FULL))
    assert "There is one column for the whole name: shall it be split like this?" in texts(app)
    assert [box(app, label).disabled for label in ("First name", "Last name")] == [True, True]
    preview = app.dataframe[0].value
    assert preview["→ First name"].tolist() == ["Ana", "Bo"]
    assert preview["→ Last name"].tolist() == ["Silva", "van Dyk"]

    app.segmented_control[0].set_value(NameOrder.LAST_FIRST).run()
    assert app.dataframe[0].value["→ Last name"].tolist()[0] == "Ana"
    app.segmented_control[0].set_value(NameOrder.FIRST_LAST).run()
    click(click(app, CONFIRM), "Upload 1 file")

    upload = process()
    assert upload.status is JobStatus.COMPLETED
    assert options(upload.id).name_split == NameSplit(1, NameOrder.FIRST_LAST)
    assert upload.columns == ("Email", "Name", "Company", "first_name", "last_name")
    contacts = visit(contacts_page, upload.id).dataframe[0].value
    assert contacts["first_name"].tolist() == ["Ana", "Bo"]
    assert contacts["last_name"].tolist() == ["Silva", "van Dyk"]


def test_the_order_of_a_full_name_that_was_chosen_is_the_one_used(
    visit: Visit, process: Process, options: Options
) -> None:
    app = chosen(visit(uploads_page), ("people.csv", FULL))
    app.segmented_control[0].set_value(NameOrder.LAST_FIRST).run()
    click(click(app, CONFIRM), "Upload 1 file")
    assert options(process().id).name_split == NameSplit(1, NameOrder.LAST_FIRST)


def test_columns_chosen_by_hand_are_frozen_on_the_job_and_remembered(
    visit: Visit, process: Process, options: Options, sessions: Sessions, user_id: int
) -> None:
    app = chosen(visit(uploads_page), ("other.csv", OTHER))
    answer(app, "First name", "Contact")
    answer(app, "Company", "Team")
    click(click(app, CONFIRM), "Upload 1 file")
    assert options(process().id).contact_columns == ContactColumns(0, first_name=1, company=2)

    reordered = b"Team,Email,Contact\nAcme,cy@x.com,Cy\n"
    app = chosen(visit(uploads_page), ("reordered.csv", reordered))
    assert "first name from “Contact”, company from “Team”. Columns as you confirmed them before." in (
        words_of(app)
    )
    click(app, "Upload 1 file")
    newest = viewing.listed(sessions, user_id)[0]
    assert options(newest.id).contact_columns == ContactColumns(1, first_name=2, company=0)


def test_a_change_that_nobody_confirmed_is_not_passed_over(visit: Visit) -> None:
    app = chosen(visit(uploads_page), ("plain.csv", PLAIN))
    answer(app, "Last name", "Firma")
    assert "Last name and company are both taken from “Firma”." in words_of(app)
    assert button(app, CONFIRM).disabled
    answer(app, "Company", "Nachname")
    assert "You chose other columns" in texts(app)
    assert "Upload 1 file" not in labels(app)

    click(app, CONFIRM)
    assert "last name from “Firma”, company from “Nachname”." in words_of(app)
    assert "confirmed them before" not in texts(app)
    assert "Upload 1 file" in labels(app)


def test_an_answer_for_one_file_is_the_answer_for_another_with_the_same_columns(visit: Visit) -> None:
    app = chosen(visit(uploads_page), ("a.csv", OTHER), ("b.csv", OTHER + b"cy@x.com,Cy,Stark\n"))
    answer(app, "First name", "Contact")
    click(app, CONFIRM)
    assert [select.value for select in app.selectbox if select.label == "First name"] == [1, 1]
    assert words_of(app).count("first name from “Contact”.") == 2
    assert "Upload 2 files" in labels(app)


def test_a_header_row_chosen_by_hand(visit: Visit, process: Process, options: Options) -> None:
    content = b"Mail,Given\nEmail,Contact\nana@x.com,Ana\n"
    app = chosen(visit(uploads_page), ("two.csv", content))
    answer(app, "The row with the names of the columns", "Row 1: Mail, Given")
    assert "Given" in " ".join(app.dataframe[0].value.columns)
    answer(app, "The row with the names of the columns", "Row 2: Email, Contact")
    click(click(app, CONFIRM), "Upload 1 file")
    upload = process()
    assert (options(upload.id).header_row, upload.total_rows) == (2, 1)


def test_a_file_without_a_header(visit: Visit, process: Process, options: Options) -> None:
    content = b"ana@x.com,Ana,Silva,Acme\nbo@x.com,Bo,Li,Hooli\n"
    app = chosen(visit(uploads_page), ("bare.csv", content))
    assert "Is this the row that names the columns?" in texts(app)
    assert "None: the first row is a contact" in box(app, "The row with the names of the columns").options
    for label, name in (("First name", "column_2"), ("Last name", "column_3"), ("Company", "column_4")):
        answer(app, label, name)
    click(click(app, CONFIRM), "Upload 1 file")
    upload = process()
    assert (options(upload.id).header_row, upload.total_rows) == (0, 2)
    assert visit(contacts_page, upload.id).dataframe[0].value["column_4"].tolist() == ["Acme", "Hooli"]


HEADER = ("email", "first_name", "last_name", "company")


def test_the_sheet_of_a_workbook(visit: Visit, process: Process, options: Options) -> None:
    book = workbook(
        {
            "2025": [HEADER, ("ana@x.com", "Ana", "Li", "Acme")],
            "2026": [HEADER, ("bo@x.com", "Bo", "Li", "Acme"), ("cy@x.com", "Cy", "Li", "Acme")],
        }
    )
    app = chosen(visit(uploads_page), ("book.xlsx", book))
    assert "sheet 2025; e-mail from “email”" in words_of(app)
    assert "Choose another encoding" not in labels(app)
    answer(app, "Sheet", "2026")
    assert "sheet 2026;" in words_of(app)
    click(app, "Upload 1 file")
    upload = process()
    assert (options(upload.id).sheet, upload.total_rows, upload.status) == ("2026", 2, JobStatus.COMPLETED)


def test_a_sheet_without_contacts_leaves_the_others(visit: Visit) -> None:
    book = workbook({"Template": [HEADER], "People": [HEADER, ("ana@x.com", "Ana", "Li", "Acme")]})
    app = chosen(visit(uploads_page), ("book.xlsx", book))
    assert app.error
    answer(app, "Sheet", "People")
    assert "sheet People; e-mail from “email”" in words_of(app)
    assert "Upload 1 file" in labels(app)


def test_a_corrected_error_report_is_a_list_of_its_own(
    visit: Visit, processed: Submit, sessions: Sessions, user_id: int, process: Process
) -> None:
    before = processed(b"email,first_name,last_name,company\nbad,Bo,Li,Hooli\nana@x.com,Ana,Silva,Acme\n")
    report = b"".join(error_report.open_report(sessions, user_id, before).chunks)
    header, *rows = csv.reader(io.StringIO(report.decode("utf-8-sig")))
    text = io.StringIO()
    csv.writer(text).writerows([header, *(["bo@x.com", *row[1:]] for row in rows)])

    app = chosen(visit(uploads_page), ("to-correct.csv", text.getvalue().encode("utf-8-sig")))
    assert "A corrected error report: a list of its own, without its column of reasons." in words_of(app)
    click(app, "Upload 1 file")
    upload = process()
    assert (upload.status, upload.total_rows) == (JobStatus.COMPLETED, 1)
    assert upload.columns == HEADER


def test_files_that_are_not_taken_say_why(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = settings.model_copy(update={"max_upload_mb": 5, "max_xlsx_mb": 1})
    app = visit(uploads_page)
    monkeypatch.setattr(resources, "settings", lambda: limits)
    chosen(
        app,
        ("brochure.csv", b"%PDF-1.7\n1 0 obj"),
        ("large.xlsx", b"PK\3\4" + bytes(1_100_000)),
        ("large.csv", PLAIN * 100_000),
    )
    errors = [str(error.value).replace("\\", "") for error in app.error]
    assert "brochure.csv: " in errors[0]
    assert "PDF" in errors[0]
    assert "of a workbook, which cannot be read piece by piece, at most 1 MB are taken" in errors[1]
    assert "at most 5 MB are taken" in errors[2]
    assert button(app, "Upload 0 files").disabled


def test_what_is_asked_about_one_file_holds_up_no_other_and_is_not_lost(
    visit: Visit, sessions: Sessions, user_id: int
) -> None:
    app = chosen(visit(uploads_page), ("a.csv", PLAIN), ("b.csv", FULL), ("c.csv", PLAIN * 2))
    assert "Files with an open question stay here" in texts(app)
    click(app, "Upload 2 files")
    assert [upload.filename for upload in viewing.listed(sessions, user_id)] == ["c.csv", "a.csv"]
    assert "**a.csv** · uploaded" in words_of(app)
    assert "has the same content" not in words_of(app)
    assert "shall it be split like this?" in texts(app)

    click(click(app, CONFIRM), "Upload 1 file")
    assert [upload.filename for upload in viewing.listed(sessions, user_id)] == ["b.csv", "c.csv", "a.csv"]
    assert not app.file_uploader[0].value
    assert "uploaded" not in texts(app)


def test_removing_the_file_in_question_ends_the_round(visit: Visit, sessions: Sessions, user_id: int) -> None:
    app = chosen(visit(uploads_page), ("a.csv", PLAIN), ("b.csv", FULL))
    click(app, "Upload 1 file")
    remove(app, "b.csv")
    assert not app.file_uploader[0].value
    assert len(viewing.listed(sessions, user_id)) == 1


def test_a_file_that_could_not_be_stored_stays_to_be_sent_again(
    visit: Visit, sessions: Sessions, user_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(*_: object) -> None:
        raise StorageUnavailable("The file store does not answer.")

    app = chosen(visit(uploads_page), ("a.csv", PLAIN))
    with monkeypatch.context() as broken:
        broken.setattr(Bucket, "put", put)
        click(app, "Upload 1 file")
    assert "a.csv was not uploaded. The file store does not answer." in words_of(app)
    click(app, "Upload 1 file")
    assert [upload.filename for upload in viewing.listed(sessions, user_id)] == ["a.csv"]


@pytest.mark.parametrize("ends", ["removed", "sent"])
def test_nothing_is_kept_of_a_file_that_is_gone(visit: Visit, ends: str) -> None:
    app = chosen(visit(uploads_page), ("a.csv", PLAIN))
    (file,) = app.session_state["files_being_read"].values()
    kept: weakref.ref[Source] = weakref.ref(file.source)
    del file
    if ends == "removed":
        remove(app, "a.csv")
    else:
        click(app, "Upload 1 file")
    gc.collect()
    assert kept() is None
    assert not app.session_state["files_being_read"]
    assert not app.session_state["uploader_sha256"]


@pytest.fixture
def waiting(sessions: Sessions, bucket: Bucket, user_id: int) -> Callable[[bytes], int]:
    """Puts a file into the store as the browser does; gives the job's id."""

    def waiting(content: bytes) -> int:
        with sessions.begin() as session:
            job_id = jobs.next_id(session)
            key = f"uploads/u{user_id}/job-{job_id}.csv"
            jobs.add(
                session,
                id=job_id,
                user_id=user_id,
                status=JobStatus.UPLOADING,
                original_filename="stored.csv",
                file_key=key,
                file_size=len(content),
                file_sha256="ends-x",
            )
        bucket.put(key, io.BytesIO(content), "text/csv")
        intake.arrived(sessions, bucket, lambda _job, _key: None, user_id=user_id, job_id=job_id)
        return job_id

    return waiting


def test_a_stored_file_waits_for_its_columns(
    visit: Visit, waiting: Callable[[bytes], int], process: Process, options: Options
) -> None:
    job_id = waiting(FULL)
    app = visit(upload_page, job_id)
    assert "Say how it is read" in texts(app)
    assert "Process it" not in labels(app)
    click(click(app, CONFIRM), "Process it")
    assert not app.session_state["files_being_read"]
    upload = process()
    assert (upload.id, upload.status) == (job_id, JobStatus.COMPLETED)
    assert options(job_id).name_split == NameSplit(1, NameOrder.FIRST_LAST)


def test_a_failed_file_is_read_in_an_encoding_that_its_beginning_did_not_show(
    visit: Visit,
    submit: Submit,
    sessions: Sessions,
    process: Process,
    options: Options,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "_EXAMINED_BYTES", 1)
    monkeypatch.setattr(intake, "_BEGINNING_BYTES", 1_000_000)
    row = b"person%d@example.com,Ana,Silva,Acme\n"
    content = b"email,first_name,last_name,company\n" + b"".join(row % number for number in range(30_000))
    # All that is looked at in a large file is ASCII.
    job_id = submit(content + "eva@x.com,Eva,Weiß,Acme\n".encode("cp1252"))
    as_utf8 = ParseOptions(ContactColumns(0, 1, 2, 3), encoding="utf-8-sig")
    with sessions.begin() as session:
        session.execute(update(Job).values(parse_options=as_utf8.as_json()))
    assert process().status is JobStatus.FAILED

    app = visit(upload_page, job_id)
    reread = next(toggle for toggle in app.toggle if toggle.label == "Read the stored file another way")
    reread.set_value(True).run()
    click(app, "Choose another encoding")
    answer(app, "None of them", "Western European (Windows-1252)")
    click(app, "Process it")
    assert (process().status, options(job_id).encoding) == (JobStatus.COMPLETED, "cp1252")


def test_many_columns_and_long_names_are_shown_in_part(visit: Visit) -> None:
    names = ["n" * 500, *(f"*{number}*" for number in range(995)), *HEADER]
    values = ["1"] * 996 + ["ana@x.com", "Ana", "Li", "Acme"]
    content = "\n".join([",".join(names), ",".join(values)]).encode()
    app = chosen(visit(uploads_page), ("wide.csv", content))
    preview = app.dataframe[0].value
    assert preview.shape == (1, 34)
    assert preview.columns[0] == "email → E-mail"
    assert "966 more are not shown here." in texts(app)
    assert len(box(app, "Company").options) == 1000
    assert max(map(len, box(app, "The row with the names of the columns").options)) < 100


def test_names_of_files_and_columns_are_shown_not_rendered(visit: Visit) -> None:
    content = b"E-Mail,First_Name,Last Name,Company*\nana@x.com,Ana,Li,:red[x]\n"
    app = chosen(visit(uploads_page), ("![i](x) :red[x].csv", content))
    line = next(str(element.value) for element in app.markdown if "UTF-8" in str(element.value))
    assert r"**\!\[i\]\(x\) \:red\[x\]\.csv** · " in line.replace("\u2060", "")
    assert r"company from “Company\*”" in line
