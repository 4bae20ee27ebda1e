"""What people download: final contacts, and the rows to correct."""

from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from typing import cast
from urllib.parse import quote

from anyio import CancelScope
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from dashboard import security
from db.engine import Sessions
from ingestion import error_report as reports
from ingestion import export
from ingestion.errors import Conflict, NotFound
from ingestion.export import Download
from ingestion.formats import Format

Endpoint = Callable[[Request], Response]


def contacts(sessions: Sessions, format_: Format) -> Endpoint:
    """Answers with a job's final contacts."""
    return _endpoint(sessions, partial(export.open_contacts, format_=format_))


def error_report(sessions: Sessions) -> Endpoint:
    """Answers with a job's rows that need attention."""
    return _endpoint(sessions, reports.open_report)


def _endpoint(sessions: Sessions, open_download: Callable[[Sessions, int, int], Download]) -> Endpoint:
    def download(request: Request) -> Response:
        """A file of the job that the path names, streamed as it is read; to its owner only."""
        account = security.account_of(request, sessions)
        if account is None:
            return PlainTextResponse("Sign in first.", status_code=401)
        try:
            opened = open_download(sessions, account.id, cast(int, request.path_params["job_id"]))
        except NotFound as error:
            return PlainTextResponse(str(error), status_code=404)
        except Conflict as error:
            return PlainTextResponse(str(error), status_code=409)
        return StreamingResponse(
            _to_the_end(opened.chunks),
            media_type=opened.media_type,
            headers={
                "content-disposition": _attachment(opened.filename),
                "cache-control": "no-store",
            },
        )

    return download


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
