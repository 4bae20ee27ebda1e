"""A job made anew from its stored file and its decision log alone, in tables of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.models import Finalization, Job
from db.queries import finalizations, jobs, open_issues, replaying, resolutions, taking_back
from db.queries.open_issues import OpenIssue
from db.queries.replaying import Differing, LoggedDecision
from ingestion import loading
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.text import MAX_UNPACKED_BYTES
from ingestion.decision import Answer, Decisions
from ingestion.errors import NotFound
from ingestion.finalization import Digest, make_contacts
from ingestion.rules.issues import Action
from ingestion.rules.lifecycle import CHECKED, JobStatus
from ingestion.rules.validation import RULES_VERSION
from ingestion.storage import Bucket, sha256_of_file
from ingestion.undoing import take_back

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_AT_ONCE = 2_000


@dataclass
class Report:
    """What a replay of a job came to."""

    job_id: int
    decisions: int = 0
    versions: list[int] = field(default_factory=list)
    """The finalizations that were reproduced."""
    findings: list[str] = field(default_factory=list)
    """What differs, in sentences."""

    @property
    def is_identical(self) -> bool:
        """Whether nothing differs."""
        return not self.findings


class NotReplayable(Exception):
    """The file is another, or the log says what cannot have happened."""


@contextmanager
def rebuilding(engine: Engine, job_id: int) -> Iterator["Rebuilt"]:
    """A processed job, to be made anew. What is made goes at the end. Raises NotFound."""
    with engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
        job = jobs.find(session, job_id)
        if job is None or job.deleted_at is not None or job.status not in CHECKED:
            raise NotFound("There is no such upload, or it was not processed.")
        versions = finalizations.of_job(session, job_id)
        rules_version = job.rules_version
        stored = replaying.make_tables(session, job_id)
        try:
            yield Rebuilt(session, stored, job_id, versions, rules_version)
        finally:
            session.rollback()


class Rebuilt:
    """One job in tables of its own."""

    def __init__(
        self,
        session: Session,
        stored: replaying.Stored,
        job_id: int,
        versions: Sequence[Finalization],
        rules_version: int | None,
    ) -> None:
        self._session = session
        self._stored = stored
        self._job_id = job_id
        self._versions = versions
        self._rules_version = rules_version
        self._own: dict[int, int] = {}
        """Of each decision of the log the one made anew."""

    def run(self, bucket: Bucket, report: Report) -> None:
        """Make everything anew and compare."""
        if self._rules_version != RULES_VERSION:
            report.findings.append(
                f"It was checked by version {self._rules_version} of the rules, and these are version "
                f"{RULES_VERSION}: what differs below may be due to that."
            )
        self._load(bucket)
        log = _Log(replaying.log(self._session, self._stored, self._job_id, limit=_AT_ONCE))
        for version in self._versions:
            self._decide(log, report, until=version.last_resolution_id or 0)
            self._check_version(version, report)
        self._decide(log, report, until=None)
        report.findings += map(_sentence, replaying.differences(self._session, self._stored, self._job_id))
        ours, theirs = replaying.counters(self._session, self._stored, self._job_id)
        if ours != theirs:
            report.findings.append(
                f"The job counts {theirs.valid_rows:,} valid rows and {theirs.open_issues:,} open issues, "
                f"not {ours.valid_rows:,} and {ours.open_issues:,}."
            )
        for entry in replaying.altered_consequences(self._session, self._stored, self._job_id):
            report.findings.append(_altered(entry))

    def write_version(self, bucket: Bucket, number: int, sink: "SupportsWrite[bytes]") -> None:
        """Write the export of one version. Raises NotFound; NotReplayable where file or log forbid it."""
        version = next((version for version in self._versions if version.version == number), None)
        if version is None:
            raise NotFound("There is no such version of this upload's contacts.")
        report = Report(self._job_id)
        self._load(bucket)
        log = _Log(replaying.log(self._session, self._stored, self._job_id, limit=_AT_ONCE))
        self._decide(log, report, until=version.last_resolution_id or 0)
        make_contacts(self._session, self._job(), sink)

    def _load(self, bucket: Bucket) -> None:
        job = self._job()
        with bucket.local_copy(job.file_key) as path:
            if job.content_sha256 not in {None, sha256_of_file(path)}:
                raise NotReplayable("The stored file is not the one that was processed: its hash differs.")
            options = ParseOptions.from_json(job.parse_options)
            with open_contacts(path, options, max_bytes=MAX_UNPACKED_BYTES) as file:
                loaded = loading.load(self._session, self._job_id, file, lambda _rows, _part: None)
        jobs.change(
            self._session,
            self._job_id,
            status=JobStatus.NEEDS_REVIEW,
            valid_rows=loaded.valid_rows,
            conflict_count=loaded.issues.total(),
        )

    def _decide(self, log: "_Log", report: Report, *, until: int | None) -> None:
        """Decide what the log says, up to an entry."""
        while some := log.made_together(until):
            report.findings += [_altered(entry.id) for entry in some if not entry.is_sealed]
            report.decisions += len(some)
            if some[0].action == Action.UNDO:
                self._undo(some[0])
            else:
                self._make(some)

    def _make(self, entries: Sequence[LoggedDecision]) -> None:
        first = entries[0]
        keys = [(entry.issue_type, entry.email or str(entry.row_number)) for entry in entries]
        found = open_issues.with_keys(self._session, self._job_id, keys)
        found |= self._unasked(entries)
        answers = [self._answer(entry, found.get(key)) for entry, key in zip(entries, keys, strict=True)]
        batch_id = UUID(first.batch_id) if first.batch_id else None
        made = Decisions(self._session, self._job(), first.decided_by, batch_id).make(answers)
        self._own |= {entry.id: own for entry, own in zip(entries, made, strict=True)}

    def _unasked(self, entries: Sequence[LoggedDecision]) -> dict[tuple[str, str], OpenIssue]:
        """What those of the entries are about that decided on repeats, about which nobody had been asked."""
        emails = [entry.email for entry in entries if entry.email and entry.batch_id]
        asked = open_issues.unasked(self._session, self._job_id, emails)
        return {(issue.type, issue.key): issue for issue in asked.values()}

    def _answer(self, entry: LoggedDecision, issue: OpenIssue | None) -> Answer:
        if issue is None:
            about = entry.email or f"row {entry.row_number:,}"
            raise NotReplayable(
                f"Entry {entry.id} of the log decides about {about}, where nothing was open: entries before "
                "it are missing or were altered."
            )
        return Answer(issue, Action(entry.action), entry.row_number, entry.cells)

    def _undo(self, entry: LoggedDecision) -> None:
        own = self._own.get(entry.reverses or 0)
        if own is None:
            raise NotReplayable(f"Entry {entry.id} of the log undoes a decision that the log does not have.")
        taking_back.name(self._session, resolutions.get(self._session, own).resolution)
        take_back(self._session, self._job())

    def _check_version(self, version: Finalization, report: Report) -> None:
        digest = Digest()
        make_contacts(self._session, self._job(), digest)
        report.versions.append(version.version)
        if digest.hexdigest() != version.export_sha256:
            report.findings.append(f"Version {version.version} of the contacts has another export.")
        if version is self._versions[-1]:
            differing = replaying.differing_contacts(self._session, self._stored, self._job_id)
            report.findings += [_sentence(differing)] if differing else []

    def _job(self) -> Job:
        job = jobs.find(self._session, self._job_id)
        assert job is not None
        return job


class _Log:
    """The entries of a log, taken off its front."""

    def __init__(self, entries: Iterator[LoggedDecision]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def made_together(self, until: int | None) -> list[LoggedDecision]:
        """The next entries that were made in one go, none of them after an entry; empty at the end."""
        taken: list[LoggedDecision] = []
        while (entry := self._next) and (until is None or entry.id <= until) and len(taken) < _AT_ONCE:
            if taken and (entry.batch_id is None or entry.batch_id != taken[0].batch_id):
                break
            taken.append(entry)
            self._next = next(self._entries, None)
        return taken


def _sentence(differing: Differing) -> str:
    if differing.rows == 1:
        return f"{differing.table}: 1 row differs: {differing.example}."
    return f"{differing.table}: {differing.rows:,} rows differ, among them {differing.example}."


def _altered(entry: int) -> str:
    return f"Entry {entry} of the log was altered: it does not fit its seal."
