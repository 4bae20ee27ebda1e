"""Fifty issues of every kind, settled in a real browser without the mouse."""

import csv
import io
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests import visiting
from tests.visiting import click, open_newest, register

ISSUES = 50
HEADER = ["email", "first_name", "last_name", "company", "phone"]


@dataclass
class Question:
    """Rows with one issue, the keys that settle it, and the contacts that then come of the rows."""

    rows: list[list[str]]
    keys: list[str]
    contacts: list[list[str]]
    subject: str = ""
    """What stands above the issue; blank: the number of its first row."""
    label: str | None = None
    """Of the field that has the cursor when the issue comes up."""
    typed: str = ""


def a_row(number: int, **values: str) -> list[str]:
    cells = {
        "email": f"p{number}@host{number}.com",
        "first_name": f"Ann{number}",
        "last_name": "محمد",
        "company": f"会社{number}",
        "phone": f"555-{number}",
    }
    return list({**cells, **values}.values())


def keep_the_second(number: int) -> Question:
    rows = [a_row(number), a_row(number, company="Other")]
    return Question(rows, ["2"], [rows[1]], subject=rows[0][0])


def merge(number: int) -> Question:
    rows = [a_row(number, phone=""), a_row(number, company="Other")]
    return Question(rows, ["m"], [a_row(number)], subject=rows[0][0])


def use_the_suggestion(number: int) -> Question:
    rows = [a_row(number, email=f"p{number} at host{number} dot com")]
    return Question(rows, ["Escape", "1"], [a_row(number)], label="email")


def keep_it_blank(number: int) -> Question:
    rows = [a_row(number, first_name="")]
    return Question(rows, ["Escape", "a"], rows, label="first_name")


def leave_it_out(number: int) -> Question:
    return Question([a_row(number, email="")], ["Escape", "s"], [], label="email")


def type_a_value(number: int) -> Question:
    contact = a_row(number, company=f"Typed {number}")
    return Question([a_row(number, company="")], ["Enter"], [contact], label="company", typed=contact[3])


def accept_a_broken_row(number: int) -> Question:
    return Question([a_row(number)[:-1]], ["a"], [a_row(number, phone="")])


KINDS: list[Callable[[int], Question]] = [
    keep_the_second,
    use_the_suggestion,
    keep_it_blank,
    leave_it_out,
    type_a_value,
    accept_a_broken_row,
    merge,
]


def questions() -> Iterator[Question]:
    row = 2  # the header is the first
    for number in range(ISSUES):
        question = KINDS[number % len(KINDS)](number)
        question.subject = question.subject or f"Row {row}"
        row += len(question.rows)
        yield question


def file_of(asked: list[Question]) -> FilePayload:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *(row for question in asked for row in question.rows)])
    return {"name": "fifty.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def on_screen(page: Page, settled: int, question: Question) -> None:
    visiting.on_screen(page, settled, ISSUES, question.subject)
    if question.label:
        expect(page.get_by_label(question.label, exact=True)).to_be_focused()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.browser
def test_fifty_issues_are_settled_by_keyboard_alone(
    page: Page, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    asked = list(questions())
    register(page, "gus@example.com")
    page.locator("input[type=file]").set_input_files([file_of(asked)])
    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()
    page.goto(f"/review?job={open_newest(page)}")

    seconds = []
    for settled, question in enumerate(asked):
        on_screen(page, settled, question)
        if settled == 5:
            look_around(page, settled, asked)
        page.keyboard.type(question.typed)
        began = time.perf_counter()
        press(page, *question.keys)
        if settled + 1 < ISSUES:
            on_screen(page, settled + 1, asked[settled + 1])
        seconds.append(time.perf_counter() - began)
        if settled == 20:
            press(page, "Escape", "u")
            on_screen(page, settled, question)
            page.keyboard.type(question.typed)
            press(page, *question.keys)
    record_property("median_milliseconds_to_the_next_issue", round(1000 * statistics.median(seconds[:-1])))

    expect(page.get_by_text("Every issue is settled.")).to_be_visible()
    click(page, "Go on to finalize")
    page.get_by_role("button", name="Finalize", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download contacts").first.click()
    download.value.save_as(tmp_path / "contacts.csv")
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        header, *contacts = csv.reader(file)
    assert header == HEADER
    assert contacts == sorted(contact for question in asked for contact in question.contacts)


def look_around(page: Page, settled: int, asked: list[Question]) -> None:
    """To the next issue and back; and with the list of keys on screen, no key decides anything."""
    press(page, "j")
    on_screen(page, settled, asked[settled + 1])
    press(page, "k")
    on_screen(page, settled, asked[settled])
    press(page, "h")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(page, "s", "a", "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    on_screen(page, settled, asked[settled])
