"""The session's cookie: had for a ticket, and given back."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard import client, session_cookie
from dashboard.downloads import Endpoint
from dashboard.waiting import or_later
from db.engine import Sessions
from ingestion import sessions as web_sessions
from ingestion.sessions import Client
from ingestion.settings import Settings

TICKET_HEADER = "x-ticket"

USE_HTTPS = (
    "This page was opened over plain http, which anybody on the way can read, so nobody can sign in here. "
    "Open it with https:// at the beginning of its address."
)
"""What is said where the cookie would travel in the clear."""


def auth_routes(settings: Settings, sessions: Sessions) -> list[Route]:
    """Exchange a ticket for a session, end it, and forget one that has ended."""
    return [
        Route("/auth/exchange", _exchange(settings, sessions), methods=["POST"]),
        Route("/auth/sign-out", _sign_out(sessions), methods=["POST"]),
        Route("/auth/forget", _forget(sessions), methods=["POST"]),
    ]


def _exchange(settings: Settings, sessions: Sessions) -> Endpoint:
    @or_later
    def exchange(request: Request) -> Response:
        """Set the session cookie for a ticket that the sign-in page was given."""
        if not session_cookie.is_safe(request.headers["origin"]):
            return PlainTextResponse(USE_HTTPS, status_code=403)
        begun = web_sessions.exchange(
            sessions,
            request.headers.get(TICKET_HEADER, ""),
            Client(
                user_agent=request.headers.get("user-agent", ""),
                address=client.address_of(request, settings.proxy_hops),
            ),
            replaced=session_cookie.token_of(request),
        )
        if begun is None:
            return PlainTextResponse("This ticket is not valid. Sign in again.", status_code=403)
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        session_cookie.hand_out(response, request, begun.token, hours=settings.session_hours)
        client.remember_browser(response, request, sessions, begun.user_id)
        return response

    return exchange


def _sign_out(sessions: Sessions) -> Endpoint:
    @or_later
    def sign_out(request: Request) -> Response:
        """End the session and take its cookie back."""
        web_sessions.sign_out(sessions, session_cookie.token_of(request))
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        session_cookie.take_back(response, request)
        return response

    return sign_out


def _forget(sessions: Sessions) -> Endpoint:
    @or_later
    def forget(request: Request) -> Response:
        """Take back the cookie of a session that has ended; 409 if it is open."""
        token = session_cookie.token_of(request)
        if web_sessions.account_of(sessions, token, is_activity=False):
            return PlainTextResponse("This browser is signed in.", status_code=409)
        response = Response(status_code=204, headers={"cache-control": "no-store"})
        session_cookie.take_back(response, request)
        return response

    return forget
