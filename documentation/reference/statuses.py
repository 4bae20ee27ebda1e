"""The statuses of an upload and the ways between them."""

from documentation.reference.markdown import block, code, page, paragraph, table
from documentation.sources import said_of_members
from ingestion.rules.lifecycle import IN_FLIGHT, STEPS, JobStatus, may_move


def statuses_page() -> str:
    """The page of all statuses, with a picture of who may follow whom."""
    said = said_of_members(JobStatus)
    return page(
        "Statuses of an upload",
        paragraph(
            "Where an upload stands, by `ingestion/rules/lifecycle.py`. Whatever is not in the picture is "
            "refused, whoever asks for it."
        ),
        block("text", _picture()),
        table(
            ["status", "meaning", "changes by itself"],
            ([code(status), said[status.name], "yes" if status in IN_FLIGHT else ""] for status in JobStatus),
        ),
        "## What workers do",
        table(
            ["step", "waits as", "works as", "ends up, where it cannot, as"],
            ([step.name, code(step.waits), code(step.works), code(step.fails)] for step in STEPS),
        ),
    )


def _picture() -> str:
    width = max(map(len, JobStatus))
    return "\n".join(
        f"{status:<{width}} ──► {', '.join(to for to in JobStatus if may_move(status, to))}"
        for status in JobStatus
    )
