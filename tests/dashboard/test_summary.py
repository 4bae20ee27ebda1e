"""The summary of an upload: what it says, that nothing in it is alive, that it fits one sheet of paper."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser

from db.engine import Sessions
from ingestion import deciding, summary, undoing
from ingestion import summary_page as page
from ingestion.errors import Conflict, NotFound
from ingestion.finalization import Balance
from ingestion.rules.issues import KINDS, Action, IssueType
from tests.browser import launched_or_skipped
from tests.conftest import Submit, add_user
from tests.integration.desk import DUPLICATES, HEADER, Desk

HOSTILE = '<script>alert(1)<script> {{ 7 * 7 }} "><img src=x onerror=alert(1)>.csv'
ROWS = DUPLICATES + "bo@x.com,Bo,Li,Hooli,4\nbad,Cy,Ng,Initech,5\ndi@x.com,Di,,Umbrella,6\n"


@pytest.fixture
def at(sessions: Sessions, user_id: int, processed: Submit) -> Desk:
    return Desk(sessions, user_id, processed((HEADER + ROWS).encode(), name=HOSTILE))


def settle(at: Desk) -> None:
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    deciding.skip(at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))
    deciding.accept(at.sessions, at.see(IssueType.MISSING_LAST_NAME))


def of(at: Desk) -> summary.Summary:
    return summary.of_upload(at.sessions, at.user_id, at.job_id)


class _Page(HTMLParser):
    """The words of a page, and its elements with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_it_says_how_things_stand_before_finalizing(at: Desk) -> None:
    text = _Page(page.render(of(at))).text

    assert "Needs review – as it stands on" in text
    assert "6 rows → 2 contacts" in text
    assert "Still to decide 3 50.0%" in text
    assert "Duplicate e-mail 0 1" in text
    assert "Decisions by person" not in text
    assert "UTF-8, comma; header in row 1; e-mail from “email”, first name from “first_name”" in text


def test_it_says_what_became_of_the_rows_and_who_decided(at: Desk) -> None:
    settle(at)
    at.finalize()
    undoing.undo(at.sessions, at.user_id, at.job_id, 3)
    deciding.accept(at.sessions, at.see(IssueType.MISSING_LAST_NAME))
    at.finalize()

    found = of(at)
    text = _Page(page.render(found)).text

    assert "6 rows → 3 contacts" in text
    assert "Repeats 1 16.7% 1 of them with other values in other columns" in text
    assert [(kind.type, kind.open, kind.settled, kind.elsewhere) for kind in found.kinds] == [
        (IssueType.INVALID_EMAIL_FORMAT, 0, {Action.SKIP: 1}, 0),
        (IssueType.MISSING_LAST_NAME, 0, {Action.ACCEPT: 1}, 0),
        (IssueType.DUPLICATE_EMAIL, 0, {Action.CHOOSE: 1}, 0),
    ]
    (person,) = found.people
    assert person.settled == {Action.SKIP: 1, Action.ACCEPT: 1, Action.CHOOSE: 1}
    assert f"{person.name} 3 " in text
    assert [version.number for version in found.versions] == [2, 1]


def test_what_a_decision_settles_along_is_told_apart(
    sessions: Sessions, user_id: int, processed: Submit
) -> None:
    rows = "ana@x.com,,Silva,Acme,1\nana@x.com,Ana,Silva,Globex,2\n"
    at = Desk(sessions, user_id, processed((HEADER + rows).encode()))
    deciding.choose(sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)

    missing, _ = of(at).kinds

    assert (missing.type, missing.settled, missing.elsewhere) == (IssueType.MISSING_FIRST_NAME, {}, 1)
    assert of(at).people[0].elsewhere == 1


def test_nothing_in_it_is_alive(at: Desk) -> None:
    settle(at)

    html = page.render(of(at))

    found = _Page(html)
    alive = {"script", "img", "link", "iframe", "object", "embed", "form", "a", "base", "use", "image"}
    assert {tag for tag, _ in found.elements} & alive == set()
    attributes = {name for _, own in found.elements for name in own}
    assert [name for name in attributes if name.startswith("on") or name in {"style", "src"}] == []
    assert "url(" not in html
    assert "@import" not in html
    assert found.text.count(HOSTILE) == 2  # as words, in the title and as the heading


def test_its_policy_allows_its_style_and_nothing_else() -> None:
    policy = page.CONTENT_SECURITY_POLICY

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "sandbox" in policy


def test_there_is_none_of_what_was_not_processed_or_is_somebody_elses(at: Desk, submit: Submit) -> None:
    with pytest.raises(Conflict, match="not checked yet"):
        summary.of_upload(at.sessions, at.user_id, submit(b"email\na@x.com\n"))
    with pytest.raises(NotFound):
        summary.of_upload(at.sessions, add_user(at.sessions), at.job_id)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched_or_skipped() as browser:
        yield browser


def at_its_longest(found: summary.Summary) -> summary.Summary:
    """Every kind, settled in every way, by many people with long names, finalized many times."""
    settled = Counter(dict.fromkeys(set(Action) - {Action.UNDO}, 123_456))
    return replace(
        found,
        upload=replace(found.upload, filename="long name " * 25),
        balance=Balance(10_000_000, 1, 2_000_000, 3_000_000, 4_000_000, 999_999),
        differing=3_999_999,
        kinds=[
            summary.Kind(kind, 123_456, Counter(dict.fromkeys(KINDS[kind].actions, 123_456)), 123_456)
            for kind in IssueType
        ],
        people=[summary.Person("Somebody Withaverylongname Indeed", settled, 123_456)] * 9,
        versions=[replace(found.versions[0], decided_by=("Somebody Withalongname",) * 4)] * 9,
    )


@pytest.mark.browser
@pytest.mark.parametrize("is_long", [False, True])
def test_it_is_drawn_under_its_policy_and_fits_one_sheet(
    at: Desk, browser: Browser, *, is_long: bool
) -> None:
    settle(at)
    at.finalize()
    html = page.render(at_its_longest(of(at)) if is_long else of(at))
    sheet = browser.new_page()
    problems: list[str] = []
    sheet.on("console", lambda message: problems.append(message.text))
    sheet.route(
        "**/*",
        lambda route: route.fulfill(
            body=html,
            content_type="text/html; charset=utf-8",
            headers={"content-security-policy": page.CONTENT_SECURITY_POLICY},
        ),
    )

    sheet.goto("http://summary.test/")

    assert sheet.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "820px"
    printed = sheet.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert [problem for problem in problems if "favicon" not in problem] == []
