"""The list of decisions."""

import re
from collections.abc import Iterable

from documentation.pages import Page
from documentation.reference.markdown import page, paragraph


def decisions_page(decisions: Iterable[Page]) -> str:
    """The page that lists these decisions by their numbers."""
    numbered = sorted(decisions, key=lambda decision: decision.path)
    return page(
        "Decisions",
        paragraph(
            "What somebody could have decided otherwise, and why it is as it is. Whoever decides anew adds "
            "one with the next number."
        ),
        "\n".join(_line(decision) for decision in numbered),
    )


def _line(decision: Page) -> str:
    name = decision.path.rpartition("/")[2]
    title = re.sub(r"^\d+\. ", "", decision.title)
    return f"- {name[:4]} [{title}]({name})"
