"""Two people in two browsers: every page, address and id of one, tried by the other and by a visitor.

`python -m trials.two_users --report FILE`, in the environment that `python3 run.py test` makes: it needs a
Chromium. It starts the product as `run.py` does, and writes down what each of them saw.
"""

import argparse
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect

from tests.browser import launched
from tests.launcher import Launcher, copy_of_project
from tests.visiting import context_at, register

MARK = "only-annas"
TO_REVIEW, CLEAN = f"{MARK}-review.csv", f"{MARK}-clean.csv"
_HEADER = "email,first_name,last_name,company\n"
_ROWS = {
    TO_REVIEW: (
        f"a@{MARK}.example,Ada,Ash,Acme\na@{MARK}.example,Ada,Birch,Acme\nnot an address,C,Cole,Acme\n"
    ),
    CLEAN: f"d@{MARK}.example,Dee,Dorn,Acme\n",
}
_PAGES = ("upload", "review", "contacts", "outcome", "history")
_FOR_ADMINISTRATORS = ("operations", "people", "audit")
_FILES = (
    *("contacts.csv", "contacts.xlsx", "contacts.parquet", "contacts-v1.csv"),
    *("to-correct.csv", "left-out.csv", "summary.html"),
)
_OF_REVIEW = {"to-correct.csv", "summary.html"}
_OF_ROWS = {"to-correct.csv", "left-out.csv"}


@dataclass(frozen=True)
class Seen:
    """What somebody got by something of Anna's, and whether that is as it should be."""

    what: str
    who: str
    got: str
    is_right: bool


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        self.name = name
        self.address = address
        self.browser: BrowserContext = context_at(browser, address)
        self.page: Page = self.browser.new_page()
        self.asked: list[tuple[str, str]] = []
        self.page.on("request", lambda request: self.asked.append((request.method, request.url)))

    def register(self) -> None:
        """Make an account."""
        register(self.page, self.email, name=(self.name, "Trial"))

    @property
    def email(self) -> str:
        """Of the account."""
        return f"{self.name.lower()}@example.com"

    def upload(self, folder: Path, name: str) -> None:
        """Upload one of the lists, and wait until it is checked."""
        (folder / name).write_text(_HEADER + _ROWS[name])
        self.page.goto("/")
        self.page.locator("input[type=file]").first.set_input_files([folder / name])
        self.page.get_by_role("button", name=re.compile("^Upload")).first.click()
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

    def reads(self, path: str) -> str:
        """All that a page says, once it stands still."""
        self.page.goto(path)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        self.page.wait_for_timeout(1500)  # fragments follow the page
        return self.page.locator("body").inner_text()

    def ask(self, method: str, path: str, data: object = None) -> APIResponse:
        """Ask as a page of this host would, with the browser's cookies."""
        return self.browser.request.fetch(
            path, method=method, data=data, headers={"Origin": self.address}, max_redirects=0
        )


def main(arguments: list[str]) -> int:
    """Try everything, write the report, and say whether all is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m trials.two_users", description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="the file to write, in Markdown")
    options = parser.parse_args(arguments)
    with product() as (address, folder), launched() as browser:
        seen = list(trial(browser, address, folder))
    options.report.write_text(report(seen))
    wrong = [one for one in seen if not one.is_right]
    print(f"{len(seen)} tries, {len(wrong)} not as they should be: {options.report}")
    return 1 if wrong else 0


@contextmanager
def product() -> Iterator[tuple[str, Path]]:
    """The product as it starts, and a folder for files."""
    with tempfile.TemporaryDirectory() as name, copy_of_project(Path(name)) as project:
        launcher = Launcher(project, DIRECT_UPLOAD_ABOVE_MB="1")
        yield launcher.address(), Path(name)
        launcher.end(signal.SIGINT)


def trial(browser: Browser, address: str, folder: Path) -> Iterator[Seen]:
    """Each try, one after the other."""
    first, anna, ben, visitor = (
        Person(browser, address, name) for name in ("First", "Anna", "Ben", "Visitor")
    )
    for person in (first, anna, ben):  # the first account is an administrator's
        person.register()
    for number, name in enumerate((TO_REVIEW, CLEAN), start=1):
        anna.upload(folder, name)
        expect(anna.page.locator("body")).to_contain_text(name)
        yield from own_pages(anna, number)
    yield from own_files(anna)
    begun = anna.ask("POST", "/direct-uploads", _announced()).json()["id"]
    for other in (ben, visitor):
        yield from pages(other)
        yield from files(other)
        yield from large_upload(other, begun)
        yield from whatever_was_asked(other, anna)
    yield from sharing(anna, ben)
    yield from signed_out(anna)


def own_pages(anna: Person, number: int) -> Iterator[Seen]:
    """Anna sees what is hers: else the tries of others would prove nothing."""
    for page in _PAGES:
        said = anna.reads(f"/{page}?job={number}")
        yield Seen(f"/{page}?job={number}", anna.name, _shows(said), MARK in said)


def own_files(anna: Person) -> Iterator[Seen]:
    """Anna gets what is there; of the upload that is not completed there are no contacts yet."""
    for number in (1, 2):
        for file in _FILES:
            status = anna.ask("GET", f"/downloads/{number}/{file}").status
            is_there = (file in _OF_REVIEW) if number == 1 else (file not in _OF_ROWS)
            expected = {200} if is_there else {404, 409}
            yield Seen(f"GET /downloads/{number}/{file}", anna.name, str(status), status in expected)


def pages(other: Person) -> Iterator[Seen]:
    """The pages about Anna's uploads, and those of administrators."""
    for page in _PAGES:
        for number in (1, 2):
            said = other.reads(f"/{page}?job={number}")
            yield Seen(f"/{page}?job={number}", other.name, _shows(said), MARK not in said)
    for page in ("uploads", *_FOR_ADMINISTRATORS):
        said = other.reads(f"/{page}")
        is_shut = MARK not in said and "first@example.com" not in said
        yield Seen(f"/{page}", other.name, _shows(said), is_shut)


def files(other: Person) -> Iterator[Seen]:
    """Everything that can be downloaded."""
    for number in (1, 2):
        for file in _FILES:
            yield _refused(other, "GET", f"/downloads/{number}/{file}")
    yield _refused(other, "GET", "/downloads/audit.csv")


def large_upload(other: Person, job_id: int) -> Iterator[Seen]:
    """An upload that Anna has begun to send straight to the store."""
    yield _refused(other, "POST", f"/direct-uploads/{job_id}/parts", {"numbers": [1], "sent": 0})
    yield _refused(other, "POST", f"/direct-uploads/{job_id}/complete", {})
    yield _refused(other, "POST", f"/direct-uploads/{job_id}/cancel", {})


def whatever_was_asked(other: Person, anna: Person) -> Iterator[Seen]:
    """All that Anna's browser asked for, but the page itself and what it is made of."""
    own = {
        (method, url.removeprefix(anna.address)) for method, url in anna.asked if url.startswith(anna.address)
    }
    for method, path in sorted(own):
        if path.startswith(("/_stcore/upload_file", "/media", "/downloads")):
            yield _refused(other, method, path)
            if method == "PUT":
                yield _refused(other, "DELETE", path)


def sharing(anna: Person, ben: Person) -> Iterator[Seen]:
    """What is shared is seen, cannot be deleted, and is gone when it is taken back."""
    anna.reads("/upload?job=1")
    anna.page.get_by_role("button", name="Share …").click()
    anna.page.get_by_label("E-mail address of their account").fill(ben.email)
    anna.page.get_by_role("button", name="Share", exact=True).click()
    expect(anna.page.get_by_role("button", name="Take back")).to_be_visible()
    said = ben.reads("/upload?job=1")
    may_delete = ben.page.get_by_role("button", name=re.compile("^Delete")).count()
    yield Seen("shared: /upload?job=1", ben.name, _shows(said), MARK in said and not may_delete)
    status = ben.ask("GET", "/downloads/1/to-correct.csv").status
    yield Seen("shared: GET /downloads/1/to-correct.csv", ben.name, str(status), status == 200)
    yield _refused(ben, "GET", "/downloads/2/contacts.csv")
    anna.page.get_by_role("button", name="Take back").click()
    expect(anna.page.get_by_text("It is shared with nobody yet.")).to_be_visible()
    said = ben.reads("/upload?job=1")
    yield Seen("taken back: /upload?job=1", ben.name, _shows(said), MARK not in said)
    yield _refused(ben, "GET", "/downloads/1/to-correct.csv")


def signed_out(anna: Person) -> Iterator[Seen]:
    """A cookie that was kept opens nothing once its session was ended."""
    kept = anna.browser.cookies()
    anna.reads("/account")
    anna.page.get_by_role("button", name=re.compile("^Sign out everywhere")).click()
    expect(anna.page.get_by_role("tab", name="Sign in")).to_be_visible()
    anna.browser.add_cookies([{**cookie} for cookie in kept])  # type: ignore[typeddict-item]
    yield _refused(anna, "GET", "/downloads/2/contacts.csv")


def _refused(person: Person, method: str, path: str, data: object = None) -> Seen:
    answer = person.ask(method, path, data)
    is_shut = answer.status in {401, 403, 404} and MARK.encode() not in answer.body()
    return Seen(f"{method} {_in_general(path)}", person.name, str(answer.status), is_shut)


def _in_general(path: str) -> str:
    """Without the ids that Streamlit makes up."""
    return re.sub(r"(?<=/)[0-9a-f-]{32,}(?=[/.]|$)", "…", path.partition("?")[0])


def _shows(said: str) -> str:
    if MARK in said:
        return "the list"
    lines = [line.strip() for line in said.splitlines() if len(line.split()) > 3]
    return lines[-1][:90] if lines else "nothing"


def _announced() -> dict[str, object]:
    size = 2 * 1024 * 1024
    return {"name": f"{MARK}-large.csv", "size": size, "fingerprint": "0" * 64, "modified": 0}


def report(seen: list[Seen]) -> str:
    """All tries as a table, those first that are not as they should be."""
    lines = (
        f"| `{one.what}` | {one.who} | {one.got} | {'' if one.is_right else '**wrong**'} |"
        for one in sorted(seen, key=lambda one: one.is_right)
    )
    return "\n".join(["| tried | by | got | |", "|---|---|---|---|", *lines]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
