"""Blocks of code: what is wrong is found, with its line; what is right is left alone."""

import shutil
from pathlib import Path

import click
import pytest

from documentation import blocks, click_commands, shell
from documentation.pages import Page


def said(language: str, text: str, mark: str = "") -> list[str]:
    before = f"<!-- {mark} -->\n" if mark else ""
    return [p.message for p in blocks.problems(Page("docs/a.md", f"{before}```{language}\n{text}\n```\n"))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sh", "python3 run.py backup backup.tar --force"),
        ("sh", "MAX_UPLOAD_MB=6 python3 run.py && python3 run.py test tests/unit -k words"),
        ("sh", "python3 run.py users add a@example.com --first-name A --last-name B --link  # a comment"),
        ("sh", "docker compose exec -T dashboard python -m ingestion.users list --json | jq '.[] | {a: 1}'"),
        ("sh", ".venv/bin/python -m trials.trace samples/clean.csv"),
        ("sh", 'python -m ingestion.backup \\\n  dump "$(date +%F).tar"'),
        ("sh", "cd infra/environments/staging\nterraform plan\ncd -\nls samples/*.csv"),
        ("sh", "psql <<'SQL'\npython -m nonsense\nSQL\nls"),
        ("console", "$ python3 run.py reset --yes\npython3 run.py nonsense, it says"),
        ("json", '{"a": 1}\n{"a": 2}'),
        ("yaml", "a: [1, 2]"),
        ("toml", "a = 1"),
        ("csv", "a,b\n1,2"),
        ("ini", "# why\nMAX_UPLOAD_MB=6\n\nOTEL_TRACES_SAMPLER=always_on"),
        ("text", "a ──► b"),
        (
            "python",
            "import json\nfrom pathlib import Path\nfor x in json.loads('[]'):\n    print(Path(x).name)",
        ),
        (
            "python",
            "from ingestion.rules import emails\ntry:\n    emails\nexcept OSError as e:\n    print(e)",
        ),
    ],
)
def test_what_is_right_is_no_problem(language: str, text: str) -> None:
    assert said(language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("", "x", "no language"),
        ("klingon", "x", "klingon is none of bash, "),
        ("sh", "if true", "syntax error"),
        ("sh", "python3 run.py backp b.tar", "invalid choice: 'backp'"),
        ("sh", "python3 run.py backup b.tar --forces", "unrecognized arguments: --forces"),
        ("sh", "ls && python3 run.py users promote a@example.com", "invalid choice: 'promote'"),
        ("sh", "x=$(python -m ingestion.nothing)", "there is no module ingestion.nothing"),
        ("sh", "docker compose exec dash python -m ingestion.users list", "no service dash"),
        ("sh", "docker compose run --rm worker python -m tasks.nothing", "there is no module tasks.nothing"),
        ("sh", "cat samples/nothing.csv", "there is no samples/nothing.csv"),
        ("sh", "cd infra/nowhere", "there is no folder infra/nowhere"),
        ("sh", "python -c 'import ('", "line 1"),
        ("console", "$ python3 run.py nonsense", "invalid choice"),
        ("json", '{"a": 1}\n{"a": }', "Extra data"),
        ("diff", "--- a/run.py\n+++ b/run.py\n@@ -1 +1 @@\n-a\nb", "no line of a unified diff"),
        ("diff", "-a\n+b", "names no file that it changes"),
        ("yaml", "a: [1", "expected"),
        ("toml", "a = ", "Invalid value"),
        ("csv", 'a,"b', "unexpected end of data"),
        ("ini", "MAX_UPLOAD=6", ".env.example has no MAX_UPLOAD"),
        ("ini", "just words", "not NAME=value"),
        ("text", "python3 run.py", "a command: its block is one of sh"),
        ("python", "print(", "was never closed"),
        ("python", "import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
        ("python", "from json import lods", "No module named"),
        ("python", "import json\njson.lods('1')", "json.lods: json has no lods"),
        ("python", "import json\njson.dumps()", "json.dumps(): missing a required argument"),
        ("python", "print(rows)", "rows is not defined on this page"),
    ],
)
def test_what_is_wrong_is_said(language: str, text: str, part: str) -> None:
    (message,) = said(language, text)

    assert part in message


def test_a_file_that_a_page_has_its_reader_make_is_there() -> None:
    made = "```diff\n--- /dev/null\n+++ b/tests/unit/test_new.py\n@@ -0,0 +1 @@\n+x = 1\n```\n\n"
    command = "```sh\npython3 run.py test tests/unit/test_new.py\n```\n"

    assert blocks.problems(Page("docs/a.md", made + command)) == []
    assert [problem.message for problem in blocks.problems(Page("docs/a.md", command))] != []


def test_indented_code_has_no_language_and_is_refused() -> None:
    (problem,) = blocks.problems(Page("docs/a.md", "Text.\n\n    python3 run.py\n"))

    assert (problem.line, problem.message.partition(":")[0]) == (3, "indented code")


def test_the_line_of_a_command_is_named() -> None:
    (problem,) = blocks.problems(Page("docs/a.md", "# A\n\n```sh\nls\n\npython3 run.py nonsense\n```\n"))

    assert str(problem).startswith("docs/a.md:6: python3 run.py nonsense: ")


def test_blocks_of_python_on_a_page_go_on_from_each_other() -> None:
    first, second = "```python\nimport json\nrows = []\n```\n", "```python\njson.dumps(rows)\n```\n"

    assert blocks.problems(Page("docs/a.md", first + second)) == []
    assert len(blocks.problems(Page("docs/a.md", second + first))) == 2


def test_what_a_block_is_given_is_checked_as_well() -> None:
    assert said("python", "op.execute('SELECT 1')", "given: from alembic import op") == []
    (message,) = said("python", "op.exe('SELECT 1')", "given: from alembic import op")
    assert message == "op.exe: op has no exe"


@pytest.mark.parametrize(
    ("mark", "language"),
    [("runn", "sh"), ("run", "text"), ("output", "sh"), ("given: x", "sh"), ("later", "text")],
)
def test_a_mark_that_says_nothing_about_its_block_is_refused(mark: str, language: str) -> None:
    (message,) = said(language, "ls", mark)

    assert message.startswith(f"<!-- {mark} --> says nothing about a block of {language}")


@pytest.mark.parametrize(
    ("mark", "code"), [("run", 0), ("run: exits with 3", 3), ("", None), ("output", None)]
)
def test_only_a_marked_block_is_run(mark: str, code: int | None) -> None:
    (block,) = Page("docs/a.md", f"<!-- {mark} -->\n```sh\nls\n```\n").blocks

    assert blocks.expected_exit_code(block) == code


USAGE = """python -m ingestion.users add EMAIL --first-name NAME [--role ROLE]
                              [--password-stdin | --link [--address URL]]
python3 run.py backup FILE [--force]"""


def test_a_usage_names_what_its_program_has() -> None:
    assert said("text", USAGE, "usage") == []
    assert said("text", USAGE.replace("--link", "--lnk"), "usage")[0].endswith(": there is no --lnk")
    assert said("text", "terraform apply", "usage")[0].endswith("not a program whose usage can be checked")
    assert said("text", USAGE.replace("backup", "save"), "usage")[0].endswith(": there is no save")
    assert said("text", "python -m ingestion.nothing", "usage")[0].endswith(": there is no ingestion.nothing")


@pytest.mark.skipif(not shutil.which("terraform"), reason="to run it, install terraform")
def test_hcl_is_read_by_terraform() -> None:
    assert said("hcl", 'a = "b"') == []
    assert "Error" in said("hcl", "a = {")[0]


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        *(
            (code, "")
            for code in ("python3 run.py", "python3 run.py users add", "python -m", "x = 1", "=", "ls --x")
        ),
        *((code, "") for code in ("LOG_FORMAT=json python3 run.py", "python -m trials.aws --report FILE")),
        ("python3 run.py users promote", "promote"),
        ("python3 run.py backup FILE --fast", "--fast"),
        ("python -m ingestion.nothing", "ingestion.nothing"),
        ("A=1 .venv/bin/python -m trials.aws --reports FILE", "--reports"),
    ],
)
def test_a_command_in_a_sentence_names_what_there_is(code: str, missing: str) -> None:
    problems = blocks.problems(Page("docs/a.md", f"# A\n\nRun `{code}`.\n"))

    assert [str(problem) for problem in problems] == (
        [f"docs/a.md:3: {code}: there is no {missing}"] if missing else []
    )


def test_commands_are_found_wherever_a_shell_would_find_them() -> None:
    script = "A=1 one | two --x 'a b' && { three; } > file\nfour \"$(five 6)\" &\n# six\nseven \\\n  eight\n"

    assert [(found.line, found.words) for found in shell.commands(script)] == [
        (0, ["one"]),
        (0, ["two", "--x", "a b"]),
        (0, ["three"]),
        (1, ["four", "$(five 6)"]),
        (1, ["five", "6"]),
        (3, ["seven", "eight"]),
    ]


@click.group()
@click.option("--json", is_flag=True)
def tree(json: bool) -> None:
    """A small tree like that of the product's command line."""
    raise AssertionError(json)


@tree.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--as", "kind", type=click.Choice(["csv", "xlsx"]), required=True)
def upload(file: Path, kind: str) -> None:
    """Upload FILE."""
    raise AssertionError((file, kind))


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ("upload contacts.csv --as csv", ""),
        ("--json upload contacts.csv --as xlsx", ""),
        ("--help", ""),
        ("upload --help", ""),
        ("download 1", "No such command 'download'"),
        ("upload contacts.csv --kind csv", "No such option"),
        ("upload contacts.csv --as pdf", "'pdf' is not one of"),
        ("upload --as csv", "Missing argument"),
        ("upload contacts.csv", "Missing option"),
    ],
)
def test_a_click_command_is_asked_and_not_run(arguments: str, part: str) -> None:
    refusal = click_commands.refusal(tree, arguments.split())

    assert part in refusal
    assert bool(part) == bool(refusal)


def test_the_usage_of_a_click_command_names_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click_commands, "command_line", lambda: tree)

    assert (
        said("text", "./ingest [OPTIONS] COMMAND [ARGS]...\n./ingest upload FILE… --as [csv|xlsx]", "usage")
        == []
    )
    (command, option) = said("text", "./ingest fetch JOB\n./ingest upload [--into FOLDER] FILE", "usage")
    assert command.endswith(": there is no fetch")
    assert option.endswith(": there is no --into")
