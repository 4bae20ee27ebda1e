"""Who sent a request, by the session cookie, and from where."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from dashboard import session_cookie
from db.engine import Sessions
from ingestion import sessions as web_sessions
from ingestion.accounts import Account


def account_of(connection: HTTPConnection, sessions: Sessions) -> Account | None:
    """Who sent this request, by its session cookie. Reads the database: call it off the event loop."""
    token = session_cookie.token_of(connection)
    account = web_sessions.account_of(sessions, token) if token else None
    if account is not None:
        connection.scope["user_id"] = account.id  # for the line in the log
    return account


def is_same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this very host sent the request. A browser names the origin of every POST.

    The scheme is left out: where a proxy ends TLS, the browser's is not the one seen here.
    """
    origin = urlsplit(connection.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == connection.headers.get("host")
