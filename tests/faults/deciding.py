"""What operators decide: a function of the rows, so that two runs over one file give one log."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from db.engine import Sessions
from ingestion import deciding
from ingestion.bulk import Request
from ingestion.cases import Case
from ingestion.deciding import Seen
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import KINDS, Action, IssueType

Subject = tuple[str, str]
"""An issue's type and key: what it is called in every run."""

SETTLING_ALL = (
    Request(BulkAnswer.FILL_BLANKS),
    Request(BulkAnswer.SET_VALUE, (IssueType.MISSING_COMPANY,), value="Unknown & Sons"),
    Request(BulkAnswer.ACCEPT),
    Request(BulkAnswer.SKIP),
)
"""After these no issue is open."""
SETTLING_OTHERWISE = (Request(BulkAnswer.KEEP_LAST), Request(BulkAnswer.SKIP))


@dataclass(frozen=True)
class Answer:
    """What is decided about one issue."""

    action: Action
    row_number: int = 0
    cells: tuple[str, ...] = ()

    def give(self, sessions: Sessions, seen: Seen) -> None:
        """Decide."""
        given: dict[Action, Callable[[], None]] = {
            Action.CHOOSE: lambda: deciding.choose(sessions, seen, row_number=self.row_number),
            Action.MERGE: lambda: deciding.merge(sessions, seen, cells=self.cells),
            Action.EDIT: lambda: deciding.edit(sessions, seen, cells=self.cells),
            Action.ACCEPT: lambda: deciding.accept(sessions, seen),
            Action.SKIP: lambda: deciding.skip(sessions, seen),
        }
        given[self.action]()


SKIP = Answer(Action.SKIP)


def answer_to(case: Case) -> Answer:
    """The answer that the first operator gives. Rules may refuse it."""
    number = crc32(f"{case.type} {case.key}".encode())
    actions = sorted(KINDS[case.type].actions)
    action = actions[number % len(actions)]
    row = case.candidates[number % len(case.candidates)].row_number
    match action:
        case Action.CHOOSE:
            return Answer(action, row_number=row)
        case Action.MERGE:
            return Answer(action, cells=tuple(case.suggested_merge()))
        case Action.EDIT:
            return Answer(action, cells=tuple(_mended(case, number)))
        case _:
            return Answer(action)


def _mended(case: Case, number: int) -> list[str]:
    if case.type in {IssueType.MISSING_EMAIL, IssueType.INVALID_EMAIL_FORMAT}:
        return case.with_value(f"mended{number % 7}@x.example")  # some rows get the same one
    if case.field is not None:
        return case.with_value("Mended")
    cells = list(case.candidates[0].cells)
    cells[case.contact_columns.email] = f"mended{number}@x.example"
    return cells
