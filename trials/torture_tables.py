"""What came of the files of the suites, in Markdown."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trials.torture_reading import Reading

_LINE = 115


class Agreement(StrEnum):
    """Whether the records are those that a suite states."""

    YES = "yes"
    ASKED = "when asked"
    """The encoding is asked, and the suite's records are what one of the answers reads."""
    NO = "**no**"


@dataclass(frozen=True)
class Result:
    """What became of one file. `agreement` is None where no suite says what it should read."""

    name: str
    reading: Reading
    agreement: Agreement | None
    difference: str
    explanation: str

    @property
    def needs_explanation(self) -> bool:
        """Whether somebody has to say why."""
        return self.agreement is Agreement.NO or self.reading.did == "crashed"


def by_file(results: Iterable[Result]) -> list[str]:
    """A line for each file."""
    lines = ["| file | what the reader did | agrees | difference |", "|---|---|---|---|"]
    for result in results:
        did = f"{result.reading.did}: {result.reading.detail}"
        agrees = result.agreement or ""
        lines.append(
            f"| {_escaped(result.name)} | {_escaped(did)} | {agrees} | {_escaped(result.difference)} |"
        )
    return lines


def suites(results: Sequence[Result], releases: Iterable[str]) -> list[str]:
    """A line for each suite, of which `releases` are the names and versions; and one for all."""
    columns = "files, read, encoding asked, refused, crashed, with a truth, agree, agree when asked"
    titles = ["suite", *columns.split(", "), "explained", "open"]
    lines = [f"| {' | '.join(titles)} |", f"|---|{'--:|' * (len(titles) - 1)}"]
    for release in releases:
        name = release.split(" ")[0]
        lines.append(_suite(release, [result for result in results if result.name.startswith(f"{name}/")]))
    return [*lines, _suite("**all**", results)]


def _suite(title: str, results: Sequence[Result]) -> str:
    did = Counter(result.reading.did for result in results)
    came = Counter(result.agreement for result in results if result.agreement)
    unlike = [result for result in results if result.needs_explanation]
    explained = sum(bool(result.explanation) for result in unlike)
    counts = (
        *(len(results), did["read"], sum(bool(result.reading.others) for result in results)),
        *(did["refused"], did["crashed"], came.total(), came[Agreement.YES], came[Agreement.ASKED]),
        *(explained, len(unlike) - explained),
    )
    return f"| {title} | {' | '.join(map(str, counts))} |"


def counted(results: Sequence[Result]) -> str:
    """What was read otherwise than a suite states, in a sentence."""
    known = [result for result in results if result.agreement]
    refused = sum(result.reading.records is None for result in known if result.agreement is Agreement.NO)
    unlike = sum(result.agreement is Agreement.NO for result in known)
    return (
        f"Of {len(known)} files whose records the suites state, {len(known) - unlike} agree, "
        f"{refused} are not taken, and {unlike - refused} are read otherwise."
    )


def disagreements(results: Iterable[Result]) -> list[str]:
    """The files that do not agree, under the reason for each."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        if result.needs_explanation:
            reasons.setdefault(result.explanation or "**Open.**", []).append(result.name)
    entries = [f"- {why}<br>{', '.join(map(_escaped, names))}" for why, names in reasons.items()]
    return [textwrap.fill(entry, _LINE, subsequent_indent="  ") for entry in entries]


def open_points(results: Sequence[Result], explanations: Mapping[str, str]) -> list[str]:
    """Disagreements without an explanation, and explanations without a disagreement."""
    unlike = {result.name for result in results if result.needs_explanation}
    return [
        *(f"No explanation: {name}" for name in sorted(unlike - explanations.keys())),
        *(f"Explained, but agrees or is missing: {name}" for name in sorted(explanations.keys() - unlike)),
    ]


def _escaped(cell: str) -> str:
    """The text as it is in one cell of a Markdown table: other people's files hold markup too."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in cell)
    for character in "\\`*_<>[]|":
        shown = shown.replace(character, f"\\{character}")
    return shown
