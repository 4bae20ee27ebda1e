"""Pages that the code writes say what the code says."""

import argparse
from pathlib import Path
from types import ModuleType, SimpleNamespace

import click
import pytest

from documentation.pages import Page
from documentation.problems import ROOT
from documentation.reference import pages
from documentation.reference.command_line import click_command
from documentation.reference.decisions import decisions_page
from documentation.reference.inspection import inspection_page
from documentation.reference.issues import issues_page
from documentation.reference.markdown import table
from documentation.reference.settings import settings_page
from documentation.reference.statuses import statuses_page
from documentation.sources import said_of_members
from ingestion.rules.issues import Action
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings


def row(page: str, first: str) -> list[str]:
    """The cells of the row of a page's table that begins so."""
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


@pytest.mark.parametrize(
    ("variable", "value", "default"),
    [
        ("MAX_UPLOAD_MB", "a whole number of megabytes from 1 to 5000", "`5`"),
        ("RETRY_PAUSE_SECONDS", "number from 0.01 to 900", "`10`"),
        ("REGISTRATION", "open, invite or closed", "`open`"),
        ("DATABASE_URL", "`postgresql://user:password@host:5432/ingestion_db`", "none: required"),
        ("AWS_SESSION_TOKEN", "empty, or text", "empty"),
        ("AWS_REGION", "as `^[a-z0-9-]+$`", "`us-east-1`"),
        (
            "ALLOWED_HOSTS",
            "names without ports, separated by commas, such as contacts.example.com",
            "`localhost,127.0.0.1,[::1]`",
        ),
        ("DASHBOARD_PORT", "text", "`8501`"),
    ],
)
def test_a_setting_has_what_it_may_be_and_its_default(variable: str, value: str, default: str) -> None:
    page = settings_page(ROOT / ".env.example")

    assert row(page, f"[`{variable}`](#{variable.lower()})")[1:] == [value, default]


def test_every_setting_has_a_heading_and_what_the_example_says() -> None:
    page = Page("a.md", settings_page(ROOT / ".env.example"))
    headings = [text for level, text in page.headings if level == 3]

    assert set(headings) >= {name.upper() for name in Settings.model_fields}
    assert "### SESSION_HOURS\n\nHow long a sign-in lasts at most" in page.text
    assert "### SESSION_IDLE_MINUTES\n\nHow long a sign-in lasts at most" in page.text, (
        "one comment, two variables"
    )
    assert [text for level, text in page.headings if level == 2][:2] == [
        "Where things are",
        "What people may do",
    ]


@pytest.mark.parametrize("owner", [Action, JobStatus])
def test_every_answer_and_status_is_explained(owner: type[Action | JobStatus]) -> None:
    assert set(said_of_members(owner)) == {member.name for member in owner}


def test_a_kind_of_issue_has_its_answers_and_its_words() -> None:
    assert row(issues_page(), "`DUPLICATE_EMAIL`")[1:] == [
        "Duplicate e-mail",
        "These rows share an e-mail address but are not the same person on paper.",
        "`choose`, `merge`, `skip`",
        "Duplicate e-mail: 2 rows have it (rows 3, 7)",
    ]


def test_the_picture_of_the_statuses_has_every_way() -> None:
    lines = statuses_page().splitlines()

    assert "FINALIZING   ──► NEEDS_REVIEW, COMPLETED" in lines
    assert "COMPLETED    ──► NEEDS_REVIEW" in lines
    assert row(statuses_page(), "`FAILED`")[2:] == [""]


def test_decisions_are_listed_by_number() -> None:
    page = decisions_page(
        [
            Page("docs/decisions/0010-b.md", "# 10. Later\n"),
            Page("docs/decisions/0009-a.md", "# 9. Earlier\n"),
        ]
    )

    assert page.endswith("- 0009 [Earlier](0009-a.md)\n- 0010 [Later](0010-b.md)\n")


@click.group(help="Contacts, without a browser.")
def tree() -> None:
    raise AssertionError


@tree.command()
@click.argument("file")
@click.option(
    "--as", "kind", type=click.Choice(["csv", "xlsx"]), help="What it is.", show_default=True, default="csv"
)
def upload(file: str, kind: str) -> None:
    """Upload FILE and wait
    for it.

    \b
    ./ingest upload contacts.csv
    """
    raise AssertionError((file, kind))


@tree.command(hidden=True)
def secret() -> None:
    raise AssertionError


def test_a_click_tree_is_written_as_it_is_typed() -> None:
    assert list(click_command("./ingest", tree)) == [
        "## ./ingest",
        "<!-- usage -->\n```text\n./ingest [OPTIONS] COMMAND [ARGS]...\n```",
        "Contacts, without a browser.",
        table(["argument", "what it does"], [["`--help`", "Show this message and exit."]]),
        "### ./ingest upload",
        "<!-- usage -->\n```text\n./ingest upload [OPTIONS] FILE\n```",
        "Upload FILE and wait for it.",
        "```sh\n./ingest upload contacts.csv\n```",
        table(
            ["argument", "what it does"],
            [
                ["`--as [csv|xlsx]`", "What it is.  [default: csv]"],
                ["`--help`", "Show this message and exit."],
            ],
        ),
    ]


def test_an_argument_parser_is_written_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    from documentation import parsers
    from documentation.reference.command_line import command_line_page

    parser = argparse.ArgumentParser(description="Does a thing.")
    below = parser.add_subparsers().add_parser("do", help="do it now")
    below.add_argument("file", metavar="FILE", help="which")
    below.add_argument("--times", default=3, help="how often, %(default)s unless given")
    monkeypatch.setattr(parsers, "parser_of", lambda _module: parser)

    page = command_line_page()

    assert (
        "## python -m ingestion.users\n\nDoes a thing.\n\n### python -m ingestion.users do\n\nDo it now."
        in page
    )
    assert "| `FILE` | which |\n| `--times TIMES` | how often, 3 unless given |" in page


def test_a_module_is_written_by_its_public_names() -> None:
    module = ModuleType("looking", "Looking into an upload.\n\n    rows(1)\n\nMore.")

    def rows(job: int, *, limit: int = 10) -> list[str]:
        """The rows of a job.

        Raises LookupError.
        """
        raise AssertionError((job, limit))

    class Card:
        """What is known of a job."""

        def balance(self) -> int:
            """Rows in, rows out."""
            raise AssertionError

        def _secret(self) -> None:
            """Nobody's business."""

    state = SimpleNamespace(name="state", dtype="category", doc="Where it stands.", categories=("a", "b"))
    frame = SimpleNamespace(row="a row of the file", columns=[state])
    module.__dict__.update(
        rows=rows, Card=Card, FRAMES={"rows": frame}, other=rows, __all__=["FRAMES", "Card", "rows"]
    )

    page = inspection_page(module)

    assert "Looking into an upload.\n\n```python\nrows(1)\n```\n\nMore." in page
    assert (
        "## rows\n\n```text\nrows(job: int, *, limit: int = 10) -> list[str]\n```\n\nThe rows of a job."
        in page
    )
    assert "Raises LookupError." in page
    assert "## Card\n\nWhat is known of a job.\n\n### balance\n\n```text\nbalance(self) -> int\n```" in page
    assert "## Columns of rows\n\nA row is a row of the file.\n" in page
    assert "| `state` | `category` | Where it stands: one of `a`, `b` |" in page
    assert "## other" not in page
    assert "_secret" not in page


def test_a_page_that_is_stale_or_missing_is_found_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        pages, "written", lambda _root: {"docs/a.md": lambda: "new", "docs/b/c.md": lambda: "c"}
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("old")

    assert [problem.page for problem in pages.problems(tmp_path)] == ["docs/a.md", "docs/b/c.md"]
    assert pages.write(tmp_path) == ["docs/a.md", "docs/b/c.md"]
    assert pages.problems(tmp_path) == []
    assert (tmp_path / "docs" / "a.md").read_text() == "new"
