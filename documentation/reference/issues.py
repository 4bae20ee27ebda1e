"""The kinds of issue, what may settle each, and what a file to correct says of it."""

from documentation.reference.markdown import code, page, paragraph, table
from documentation.sources import said_of_members
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.rules.reasons import REASON_COLUMN, Trouble, reason

_EXAMPLE_DETAIL = {
    IssueType.INVALID_EMAIL_FORMAT: "there is no @",
    IssueType.MALFORMED_ROW: "3 cells, and the header has 4",
}


def issues_page() -> str:
    """The page of all kinds of issue and all answers."""
    answers = said_of_members(Action)
    return page(
        "Kinds of issue",
        paragraph(
            "What a person is asked about a file, by `ingestion/rules/issues.py`; which rows are asked about "
            "is in [rules](../rules.md). The last column is an example of what the column "
            f"*{REASON_COLUMN}* of a file to correct says."
        ),
        table(
            ["kind", "called", "what is asked about", "answers", "in a file to correct"],
            (
                [code(type_), kind.title, kind.explanation, _answers(type_), _reason(type_)]
                for type_, kind in KINDS.items()
            ),
        ),
        "## Answers",
        table(["answer", "what it does"], ([code(action), answers[action.name]] for action in Action)),
    )


def _answers(kind: IssueType) -> str:
    return ", ".join(code(action) for action in Action if action in KINDS[kind].actions)


def _reason(kind: IssueType) -> str:
    trouble = Trouble(kind, detail=_EXAMPLE_DETAIL.get(kind, ""), group_size=2, group_rows=(3, 7))
    return reason([trouble], cell_count=3, width=4 if kind is IssueType.MALFORMED_ROW else 3)
