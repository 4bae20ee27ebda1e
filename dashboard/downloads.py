"""What people take away: contacts, the rows to correct, those left out, a summary; and the audit log."""

from collections.abc import AsyncIterator, Callable, Collection, Generator
from functools import partial
from typing import Any
from urllib.parse import quote

from anyio import CancelScope
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from dashboard import audit_address, security
from dashboard.audit_address import MalformedQuery
from dashboard.waiting import or_later
from db.engine import Sessions
from ingestion import audit_export, export, summary_page, versions
from ingestion import error_report as reports
from ingestion import summary as summaries
from ingestion.errors import Busy, Conflict, IngestionError, NotAllowed, NotFound
from ingestion.export import Download
from ingestion.formats import Format
from ingestion.protection import Cells
from ingestion.storage import Bucket
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

Endpoint = Callable[[Request], Response]

_CELLS = frozenset(cells.value for cells in Cells)
_STATUS: dict[type[IngestionError], int] = {
    MalformedQuery: 400,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Busy: 503,
}
_WHEN_AGAIN: dict[type[IngestionError], dict[str, str]] = {Busy: {"retry-after": "60"}}
"""In seconds (RFC 9110 §10.2.3)."""


def contacts(sessions: Sessions, format_: Format) -> Endpoint:
    """Answers with a job's final contacts."""
    return _table_endpoint(sessions, partial(export.open_contacts, sessions, format_=format_))


def version(sessions: Sessions, bucket: Bucket) -> Endpoint:
    """Answers with a job's contacts as they once were."""
    return _table_endpoint(sessions, partial(versions.open_version, sessions, bucket))


def error_report(sessions: Sessions) -> Endpoint:
    """Answers with a job's rows that need attention."""
    return _table_endpoint(sessions, partial(reports.open_report, sessions))


def left_out(sessions: Sessions) -> Endpoint:
    """Answers with a job's rows that somebody left out."""
    return _table_endpoint(sessions, partial(reports.open_left_out, sessions))


def summary(sessions: Sessions) -> Endpoint:
    """Answers with a page about a job that stands for itself."""

    def page(user_id: int, *, job_id: int) -> Response:
        found = summaries.of_upload(sessions, user_id, job_id)
        return HTMLResponse(
            summary_page.render(found),
            headers={
                "content-security-policy": summary_page.CONTENT_SECURITY_POLICY,
                "cache-control": "no-store",
            },
        )

    return _endpoint(sessions, page)


def audit_log(sessions: Sessions) -> Endpoint:
    """Answers with the audit log, or the entries that the query asks for."""

    def download(request: Request) -> Response:
        return _endpoint(sessions, partial(log, request.query_params))(request)

    def log(query: QueryParams, user_id: int) -> Response:
        wanted = audit_address.wanted_in(query)
        return _file(partial(audit_export.open_export, sessions), user_id, wanted=wanted)

    return download


def _table_endpoint(sessions: Sessions, open_download: Callable[..., Download]) -> Endpoint:
    """Answers with a file whose cells are protected from spreadsheets unless the query says `cells=exact`."""

    def table(user_id: int, *, cells: str = Cells.PROTECTED, **what: int) -> Response:
        if cells not in _CELLS:
            raise HTTPException(400, f"cells is one of: {', '.join(Cells)}.")
        return _file(partial(open_download, cells=Cells(cells)), user_id, **what)

    return _endpoint(sessions, table, asked=("cells",))


def _endpoint(
    sessions: Sessions, answer: Callable[..., Response], *, asked: Collection[str] = ()
) -> Endpoint:
    """Asks for an answer with the id of whoever asks, what the path says, and what the query may say."""

    @or_later
    def download(request: Request) -> Response:
        """Something of the job that the path names, or of the installation; to those only who may have it."""
        account = security.account_of(request, sessions)
        if account is None:
            return PlainTextResponse("Sign in first.", status_code=401)
        try:
            query = {name: value for name, value in request.query_params.items() if name in asked}
            response = answer(account.id, **request.path_params, **query)
        except tuple(_STATUS) as error:
            status, headers = _STATUS[type(error)], _WHEN_AGAIN.get(type(error))
            return PlainTextResponse(str(error), status_code=status, headers=headers)
        what = request.url.path.rpartition("/")[2]
        about = {name: value for name, value in request.path_params.items() if name == "job_id"}
        logger.info("downloaded", **about, user_id=account.id, what=what)
        return response

    return download


def _file(open_download: Callable[..., Download], user_id: int, **what: Any) -> Response:
    """A file, streamed as it is read."""
    opened = open_download(user_id, **what)
    return StreamingResponse(
        _to_the_end(opened.chunks),
        media_type=opened.media_type,
        headers={
            "content-disposition": _attachment(opened.filename),
            "cache-control": "no-store",
        },
    )


async def _to_the_end(chunks: Generator[bytes]) -> AsyncIterator[bytes]:
    """The chunks; what is behind them is closed also where the browser goes away half-way."""
    try:
        async for chunk in iterate_in_threadpool(chunks):
            yield chunk
    finally:
        with CancelScope(shield=True):
            await run_in_threadpool(chunks.close)


def _attachment(filename: str) -> str:
    """The header's value (RFC 6266 §4.1): the name as it is, and in ASCII for clients that know no better."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
