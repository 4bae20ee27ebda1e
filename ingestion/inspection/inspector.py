"""What there is to look at: each question a method, each answer a typed DataFrame."""

import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from db.queries import history, inspecting, issues, people
from db.queries.inspecting import Asked, JobFilter, Stage
from ingestion import finalization, provenance
from ingestion.inspection import answers, completeness
from ingestion.inspection.answers import one_of
from ingestion.inspection.columns import FRAMES, IssueStatus, RowState, described
from ingestion.inspection.job_card import JobCard
from ingestion.inspection.reading import Reading, job_that_is_there
from ingestion.inspection.tables import PAGE, NotAllRows, Table, checked_limit, table
from ingestion.review import by_kind
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import load_settings
from ingestion.viewing import upload_of


def connect(url: str | None = None, *, timeout_seconds: float = 60) -> "Inspector":
    """An Inspector of the database at `url`, `postgresql://user:password@host:port/database`.

    Without a URL it is the one that the environment's DATABASE_URL names. Whoever has it sees everybody's
    uploads: there is no account here, so no role either. A statement that takes longer than
    `timeout_seconds` is given up. Raises InvalidSettings where there is no DATABASE_URL.
    """
    return Inspector(Reading(url or load_settings().database_url, timeout_seconds))


class Inspector:
    """Everything about uploads, read-only. Use `inspection.connect()`; close it, or use it in a `with`.

    A list gives `limit` rows at most, and warns (NotAllRows) when there are more; `after=` goes on where
    `frame.attrs["after"]` says, `pages` gives one page after the other. Every method about an upload raises
    NotFound where there is none, or none any more; all raise TooSlow and DatabaseUnavailable, and ValueError
    for an argument that cannot be.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back. The next question opens one again."""
        self._reading.close()

    @described("jobs")
    def jobs(
        self,
        *,
        status: str | None = None,
        search: str = "",
        owner: str | None = None,
        limit: int = PAGE,
        after: int | None = None,
    ) -> Table:
        """Everybody's uploads; `search` is part of a file's name, `owner` the e-mail of an account."""
        which = JobFilter(one_of(JobStatus, status), search, owner.strip().lower() if owner else None)
        with self._reading.session() as session:
            return answers.jobs(session, which, before=after, limit=checked_limit(limit))

    def job(self, job_id: int) -> JobCard:
        """One upload at a glance: where it stands, its counts, and what is to be done."""
        with self._reading.session() as session:
            job = job_that_is_there(session, job_id)
            upload = upload_of(job)
            return JobCard(
                upload=upload,
                owner=people.name(session, job.user_id),
                issues=by_kind(issues.counts(session, job.id)),
                balance=finalization.balance_of(session, job) if upload.is_checked else None,
            )

    @described("rows")
    def rows(
        self,
        job_id: int,
        *,
        raw: bool = False,
        state: str | None = None,
        numbers: Collection[int] = (),
        search: str = "",
        limit: int = PAGE,
        after: int = 0,
    ) -> Table:
        """The file's rows as they now read, or with `raw` as received; `search` is part of any cell.

        A row as received is never left out: `state` is what it was before anybody decided.
        """
        with self._reading.session() as session:
            return answers.rows(
                session,
                job_that_is_there(session, job_id),
                raw=raw,
                state=one_of(RowState, state),
                numbers=numbers,
                search=search,
                after=after,
                limit=checked_limit(limit),
            )

    @described("issues")
    def issues(
        self,
        job_id: int,
        *,
        status: str | None = None,
        types: Collection[str] = (),
        search: str = "",
        numbers: Collection[int] = (),
        by: str | int | None = None,
        limit: int = PAGE,
        after: Sequence[int] | None = None,
    ) -> Table:
        """What people are asked, open or settled; `search` is part of an e-mail, a name or a company.

        `numbers` are rows that the issues are about, `by` is who settled them: a name, or the number of an
        account.
        """
        kinds = [one_of(IssueType, kind) for kind in types]
        with self._reading.session() as session:
            return answers.issue_list(
                session,
                job_that_is_there(session, job_id),
                status=one_of(IssueStatus, status),
                types=[kind for kind in kinds if kind is not None],
                search=search.strip(),
                numbers=numbers,
                by=by,
                after=after,
                limit=checked_limit(limit),
            )

    @described("duplicates")
    def duplicates(
        self,
        job_id: int,
        *,
        asked: str | None = None,
        search: str = "",
        numbers: Collection[int] = (),
        limit: int = PAGE,
        after: tuple[str, int] = ("", 0),
    ) -> Table:
        """The rows of every e-mail that several rows share; `search` is part of the e-mail.

        `numbers` gives the groups to which these rows belong. The last group of a page may go on on the next.
        `inspection.side_by_side` draws the groups.
        """
        with self._reading.session() as session:
            return answers.duplicates(
                session,
                job_that_is_there(session, job_id),
                asked=one_of(Asked, asked),
                search=search,
                numbers=numbers,
                after=after,
                limit=checked_limit(limit),
            )

    @described("decisions")
    def decisions(
        self,
        job_id: int,
        *,
        by: str | int | None = None,
        action: str | None = None,
        search: str = "",
        standing: bool = False,
        limit: int = PAGE,
        after: int | None = None,
    ) -> Table:
        """Who decided what; `search` is part of an e-mail or a row's number.

        `by` is who decided: a name, or the number of an account. With `standing` only what holds: neither
        undone nor an undo.
        """
        with self._reading.session() as session:
            job = job_that_is_there(session, job_id)
            who = answers.decider(session, job.id, by)
            which = history.Filter(who, one_of(Action, action), search, standing)
            return answers.decisions(session, job, which, before=after, limit=checked_limit(limit))

    @described("contacts")
    def contacts(
        self, job_id: int, *, search: str = "", limit: int = PAGE, after: str | None = None
    ) -> Table:
        """The contacts, once they were made; `search` is part of an e-mail, a name or a company.

        None before the first finalization. Of an upload that went back to review those of the newest one.
        """
        with self._reading.session() as session:
            job = job_that_is_there(session, job_id)
            return answers.contact_list(
                session, job, search=search.strip(), after=after, limit=checked_limit(limit)
            )

    @described("provenance")
    def provenance(self, job_id: int, email: str) -> Table:
        """Where each value of a contact comes from. Raises NotFound where there is no such contact."""
        with self._reading.session() as session:
            job = job_that_is_there(session, job_id)
            return answers.values(provenance.traced(session, job, email).values)

    @described("quality")
    def quality(self, job_id: int, of: str = Stage.ROWS) -> Table:
        """How complete each column is, counted by the database.

        `of` is `"received"`: the rows as received; `"rows"`: as they now read, without those left out; or
        `"contacts"`.
        """
        stage = one_of(Stage, of) or Stage.ROWS
        with self._reading.session() as session:
            return completeness.quality(session, job_that_is_there(session, job_id), stage)

    @described("issue_counts")
    def issue_counts(self, job_id: int) -> Table:
        """How many issues there are, for plots."""
        with self._reading.session() as session:
            return answers.issue_counts(issues.counts(session, job_that_is_there(session, job_id).id))

    @described("group_sizes")
    def group_sizes(self, job_id: int) -> Table:
        """How large the duplicate groups are, for plots."""
        with self._reading.session() as session:
            found = inspecting.group_sizes(session, job_that_is_there(session, job_id).id)
        return table(FRAMES["group_sizes"], found)

    def pages(
        self, read: Callable[..., Table], *job_id: int, size: int = 10_000, **filters: Any
    ) -> Iterator[Table]:
        """One page after the other of what a method gives, at least one, each of `size` rows at most:

            for page in inspector.pages(inspector.contacts, 7):
                print(len(page))

        Each is read when it is asked for: what is decided meanwhile shows on those that follow.
        """
        going_on: dict[str, Any] = {}
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotAllRows)
                page = read(*job_id, limit=size, **filters, **going_on)
            yield page
            if page.attrs["is_all"]:
                return
            going_on = {"after": page.attrs["after"]}
