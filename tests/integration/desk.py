"""One person at one upload, for tests of decisions."""

from db.engine import Sessions
from ingestion import cases, export, finalization, review, viewing
from ingestion.deciding import Seen
from ingestion.review import IssueSummary, Position
from ingestion.rules.issues import IssueType

HEADER = "email,first_name,last_name,company,phone\n"


class Desk:
    """One person at one upload."""

    def __init__(self, sessions: Sessions, user_id: int, job_id: int) -> None:
        self.sessions = sessions
        self.user_id = user_id
        self.job_id = job_id

    def issues(
        self, *, open_only: bool | None = True, after: Position | None = None, limit: int = review.PAGE_SIZE
    ) -> list[IssueSummary]:
        return review.listed(
            self.sessions, self.user_id, self.job_id, open_only=open_only, after=after, limit=limit
        )

    def kinds(self) -> list[tuple[IssueType, int]]:
        return [(issue.type, issue.row_number) for issue in self.issues()]

    def see(self, kind: IssueType, row_number: int | None = None) -> Seen:
        found = next(i for i in self.issues() if i.type is kind and row_number in (None, i.row_number))
        case = cases.get(self.sessions, self.user_id, self.job_id, found.id)
        return Seen(self.user_id, self.job_id, found.id, case.version)

    def cells(self, seen: Seen) -> list[str]:
        return list(cases.get(self.sessions, self.user_id, self.job_id, seen.issue_id).candidates[0].cells)

    def upload(self) -> viewing.Upload:
        return viewing.get(self.sessions, self.user_id, self.job_id)

    def finalize(self) -> str:
        finalization.request(self.sessions, lambda _job: None, self.user_id, self.job_id)
        finalization.finalize(self.sessions, self.job_id)
        return b"".join(export.open_contacts(self.sessions, self.user_id, self.job_id).chunks).decode()


DUPLICATES = "ana@x.com,Ana,Silva,Acme,1\nANA@x.com,Ana,Silva,Globex,2\nbo@x.com,Bo,Li,Hooli,3\n"
