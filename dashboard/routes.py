"""What the dashboard answers beside its pages: health, the session cookie, downloads.

The endpoints are plain functions, which Starlette runs in its thread pool: they read the database, and the
event loop carries every open page.
"""

from collections.abc import AsyncIterator, Callable, Generator
from typing import cast
from urllib.parse import quote

from anyio import CancelScope
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import security
from db.engine import Sessions
from ingestion import accounts, export
from ingestion.errors import Conflict, NotFound
from ingestion.health import unavailable
from ingestion.settings import Settings

Endpoint = Callable[[Request], Response]

TICKET_HEADER = "x-ticket"


def routes(settings: Settings, sessions: Sessions) -> list[Route]:
    """Every route beside Streamlit's own."""
    return [
        Route("/healthz", _health(sessions)),
        Route("/auth/exchange", _exchange(sessions, settings.session_hours), methods=["POST"]),
        Route("/auth/sign-out", _sign_out(sessions), methods=["POST"]),
        Route("/uploads", _first_page),
        Route("/downloads/{job_id:int}/contacts.csv", _contacts(sessions)),
    ]


def _first_page(request: Request) -> Response:
    """Streamlit knows its first page as `/` only; people and links know it as `/uploads`."""
    return RedirectResponse(request.url.replace(path="/", scheme="", netloc=""))


def _health(sessions: Sessions) -> Endpoint:
    def health(_: Request) -> Response:
        """200 when the database answers, else 503."""
        if names := unavailable(sessions):
            return JSONResponse({"status": "unavailable", "unavailable": names}, status_code=503)
        return JSONResponse({"status": "ok"})

    return health


def _exchange(sessions: Sessions, hours: int) -> Endpoint:
    def exchange(request: Request) -> Response:
        """Set the session cookie for a ticket that the sign-in page was given."""
        if not security.is_same_origin(request):
            return PlainTextResponse("This request comes from another site.", status_code=403)
        token = accounts.exchange(sessions, request.headers.get(TICKET_HEADER, ""))
        if token is None:
            return PlainTextResponse("This ticket is not valid. Sign in again.", status_code=403)
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        response.set_cookie(
            security.SESSION_COOKIE,
            token,
            max_age=hours * 3600,
            httponly=True,
            samesite="lax",
            # The browser's own word for how it reached us; the scheme seen here is that of the last proxy.
            secure=request.headers["origin"].startswith("https:"),
        )
        return response

    return exchange


def _sign_out(sessions: Sessions) -> Endpoint:
    def sign_out(request: Request) -> Response:
        """End the session and take its cookie back."""
        if not security.is_same_origin(request):
            return PlainTextResponse("This request comes from another site.", status_code=403)
        accounts.sign_out(sessions, request.cookies.get(security.SESSION_COOKIE, ""))
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        response.delete_cookie(security.SESSION_COOKIE, httponly=True, samesite="lax")
        return response

    return sign_out


def _contacts(sessions: Sessions) -> Endpoint:
    def contacts(request: Request) -> Response:
        """A job's final contacts, streamed as they are read."""
        account = security.account_of(request, sessions)
        if account is None:
            return PlainTextResponse("Sign in first.", status_code=401)
        try:
            download = export.open_contacts(sessions, account.id, cast(int, request.path_params["job_id"]))
        except NotFound as error:
            return PlainTextResponse(str(error), status_code=404)
        except Conflict as error:
            return PlainTextResponse(str(error), status_code=409)
        return StreamingResponse(
            _to_the_end(download.chunks),
            media_type="text/csv",
            headers={
                "content-disposition": _attachment(download.filename),
                "cache-control": "no-store",
            },
        )

    return contacts


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
