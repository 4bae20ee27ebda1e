"""Everything about one upload that fits a page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from db.engine import Sessions
from db.queries import finalizations, issues, outcomes, people
from db.queries.issues import Standing
from ingestion import audit
from ingestion.access import permitted
from ingestion.audit import AuditAction
from ingestion.csv_file.options import ParseOptions
from ingestion.errors import Conflict
from ingestion.finalization import Balance, balance_of
from ingestion.outcome import compared
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.permissions import Permission
from ingestion.versions import Version, version_of
from ingestion.viewing import Upload, upload_of


@dataclass
class Kind:
    """The issues of one kind."""

    type: IssueType
    open: int = 0
    settled: Counter[Action] = field(default_factory=Counter)
    """By what was decided about them."""
    elsewhere: int = 0
    """Settled by a decision about something else."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.open + self.settled.total() + self.elsewhere


@dataclass
class Person:
    """What stands of one person's decisions."""

    name: str
    settled: Counter[Action] = field(default_factory=Counter)
    """How many issues, by what was decided about them."""
    elsewhere: int = 0
    """Further issues that these decisions settled."""


@dataclass(frozen=True)
class Summary:
    """An upload as it stands."""

    upload: Upload
    options: ParseOptions
    uploaded_by: str
    balance: Balance
    differing: int
    """Repeats that say something in other columns that no contact has."""
    kinds: Sequence[Kind]
    """In the order of issue types, those that occur."""
    people: Sequence[Person]
    """Whoever decided most comes first."""
    versions: Sequence[Version]
    """Newest first."""


def of_upload(sessions: Sessions, user_id: int, job_id: int) -> Summary:
    """The summary of an upload, which somebody takes away: it is on record.

    Raises NotFound, and Conflict when it was not processed.
    """
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.EXPORT)
        if not job.processed_at:
            raise Conflict("The rows of this upload are not checked yet. Wait until it was processed.")
        audit.exported(session, AuditAction.EXPORT_SUMMARY, user_id, job)
        standings = issues.standings(session, job_id)
        return Summary(
            upload=upload_of(job),
            options=ParseOptions.from_json(job.parse_options),
            uploaded_by=people.name(session, job.user_id),
            balance=balance_of(session, job),
            differing=outcomes.count_differing(session, job_id, compared(job)),
            kinds=_kinds(standings),
            people=_people(standings),
            versions=[version_of(version) for version in finalizations.listed(session, job_id)],
        )


def _kinds(standings: Sequence[Standing]) -> list[Kind]:
    kinds = {kind: Kind(kind) for kind in IssueType}
    for standing in standings:
        kind = kinds[IssueType(standing.type)]
        if standing.action is None:
            kind.open += standing.issues
        elif standing.is_consequence:
            kind.elsewhere += standing.issues
        else:
            kind.settled[Action(standing.action)] += standing.issues
    return [kind for kind in kinds.values() if kind.total]


def _people(standings: Sequence[Standing]) -> list[Person]:
    found: dict[int, Person] = {}
    for standing in standings:
        if standing.decided_by is None or standing.action is None:
            continue
        person = found.setdefault(standing.decided_by, Person(standing.name or ""))
        if standing.is_consequence:
            person.elsewhere += standing.issues
        else:
            person.settled[Action(standing.action)] += standing.issues
    return sorted(found.values(), key=lambda person: (-person.settled.total(), person.name))
