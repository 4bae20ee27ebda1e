"""What came of a trial, as lines for a terminal and as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from trials.aws.left_out import Drift, LeftOut
from trials.aws.questions import Answer
from trials.aws.terraform import Change


@dataclass(frozen=True)
class Step:
    """One step, what came of it in a few words, and how long it took."""

    name: str
    outcome: str
    seconds: float
    findings: tuple[str, ...] = ()
    """What should not be."""


@dataclass
class Report:
    """A trial so far."""

    versions: str
    steps: list[Step] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    left_out: list[tuple[LeftOut, list[str]]] = field(default_factory=list)
    """With the addresses that each leaves out."""
    drift: dict[Drift, set[Change]] = field(default_factory=dict)
    tried: list[tuple[LeftOut, str]] = field(default_factory=list)
    """What happened now to what is left out, where it was tried."""

    @property
    def holds(self) -> bool:
        """Whether nothing was found that should not be."""
        return not any(step.findings for step in self.steps) and all(one.holds for one in self.answers)

    def note_drift(self, found: Iterable[tuple[Drift, Iterable[Change]]]) -> None:
        """Add what a second plan would change, and why."""
        for drift, changes in found:
            self.drift.setdefault(drift, set()).update(changes)

    def last_lines(self) -> Iterator[str]:
        """What a terminal shows at the end: answers that are not right, then the sum."""
        right = sum(one.holds for one in self.answers)
        wrong = [one for one in self.answers if not one.holds]
        yield f"{right} of {len(self.answers)} answers are as expected"
        yield from (
            f"  WRONG: {one.about}, {one.question}: expected {one.expected}, answered {one.answered}"
            for one in wrong
        )
        yield "everything holds" if self.holds else "NOT everything holds"

    def markdown(self) -> str:
        """The whole report."""
        parts = [
            f"{self.versions}. " + ("Everything holds." if self.holds else "**Not everything holds.**"),
            "### Steps",
            _table(("step", "what came of it", "s"), (_step_row(step) for step in self.steps)),
            "### Left out",
            _table(
                ("resources", "how many", "what happened when it was tried"), map(_left_row, self.left_out)
            ),
            *self._tried(),
            "### What a second plan would change",
            _table(("resources", "what", "why"), (_drift_row(*one) for one in self.drift.items())),
            "### Questions and answers",
            _table(("about", "question", "expected", "answered"), (_answer_row(one) for one in self.answers)),
        ]
        return "\n\n".join(parts) + "\n"

    def _tried(self) -> list[str]:
        if not self.tried:
            return []
        rows = ((_code(left.pattern), happened) for left, happened in self.tried)
        return ["### What was left out, tried again", _table(("resources", "what happened"), rows)]


def _step_row(step: Step) -> tuple[str, ...]:
    return step.name, "; ".join([step.outcome, *step.findings]), f"{step.seconds:.0f}"


def _left_row(left: tuple[LeftOut, list[str]]) -> tuple[str, ...]:
    kind, addresses = left
    return _code(kind.pattern), str(len(addresses)), kind.happened


def _drift_row(drift: Drift, changes: Iterable[Change]) -> tuple[str, ...]:
    attributes = sorted({name for change in changes for name in change.attributes})
    addresses = sorted({_code(change.address) for change in changes})
    return ", ".join(addresses), ", ".join(attributes), drift.why


def _answer_row(answer: Answer) -> tuple[str, ...]:
    answered = "the same" if answer.holds else f"**{answer.answered}**"
    return answer.about, answer.question, answer.expected, answered


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    listed = [head, ["---"] * len(head), *rows]
    if len(listed) == 2:
        return "None."
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in listed)
