"""Links that lead nowhere are found, and no other."""

import pytest

from documentation import addresses, links
from documentation.pages import Page

FILES = frozenset({"README.md", "docs/a.md", "docs/b.md", "docs/pictures/p.png", "ingestion/rules/issues.py"})
OTHER = Page("docs/b.md", "# Other\n\n## A part\n")


def said(text: str) -> list[str]:
    problems = links.problems([Page("docs/a.md", text), OTHER], FILES)
    assert all(problem.page == "docs/a.md" for problem in problems)
    return [problem.message for problem in problems]


@pytest.mark.parametrize(
    "target",
    [
        *("b.md", "b.md#a-part", "#here", "../README.md", "pictures/p.png", "../ingestion/rules/issues.py"),
        *("../ingestion/rules", "../docs/", "..", "https://example.com/x#y", "http://127.0.0.1:8501"),
        "mailto:ana@example.com",
    ],
)
def test_what_is_there_is_no_problem(target: str) -> None:
    assert said(f"# Here\n\n[x]({target})") == []


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("c.md", "c.md: there is no docs/c.md"),
        ("B.md", "B.md: there is no docs/B.md"),
        ("b.md#a-Part", "b.md#a-Part: docs/b.md has no heading #a-Part"),
        ("#there", "#there: docs/a.md has no heading #there"),
        ("/README.md", "/README.md: begin the link at this page, not at the root"),
        (
            "../ingestion/rules/issues.py#L3",
            "../ingestion/rules/issues.py#L3: only pages have headings to link to",
        ),
        ("https://example", "https://example: no host is named so"),
        ("ftp://example.com", "ftp://example.com: neither http, https nor mailto"),
    ],
)
def test_what_is_not_there_is_named(target: str, message: str) -> None:
    assert said(f"# Here\n\n[x]({target})") == [message]
    assert said(f"# Here\n\n![x]({target})") == [message]


def test_an_address_in_text_is_well_formed() -> None:
    assert said("See https://example.com/a, and https://exam_ple.com.") == [
        "https://exam_ple.com: no host is named so"
    ]


@pytest.mark.parametrize("path", ["/home/ana/x", "/Users/ana", "C:\\Users", "file:///x"])
def test_a_path_of_one_machine_is_found(path: str) -> None:
    assert len(said(f"# Here\n\nIn `{path}` there is a file.")) == 1


def test_each_address_is_asked_once_and_what_it_says_is_told_of_each_link() -> None:
    asked = []

    def ask(address: str) -> str:
        asked.append(address)
        return "404" if address == "https://gone.example.com" else ""

    text = "[a](https://gone.example.com#x) [b](https://gone.example.com) [c](https://example.com) [d](b.md)"
    found = addresses.problems([Page("docs/a.md", text)], ask)

    assert sorted(asked) == ["https://example.com", "https://gone.example.com"]
    assert [problem.message for problem in found] == [
        "https://gone.example.com#x: 404",
        "https://gone.example.com: 404",
    ]
