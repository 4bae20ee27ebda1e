"""The cookie that carries a session's token: its name, and where it may be set.

Outside loopback it travels by https only, and its name has the prefix `__Host-`: then browsers take it from
no neighbouring host name and from no page sent in the clear (RFC 6265bis §4.1.3.2). On loopback, where the
product is tried out by plain http, it has neither.
"""

import datetime as dt
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard import cookies

SESSION_COOKIE = "ingestion_session"
HOST_COOKIE = f"__Host-{SESSION_COOKIE}"


def is_loopback(host: str) -> bool:
    """Whether a Host header, with or without its port, names this very machine, so that no network is used.

    `localhost` and all below it (RFC 6761 §6.3), 127.0.0.0/8 and [::1].
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name.split(".")[-1] == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:  # neither a name nor an address, or a name of another kind
        return False


def is_safe(origin: str) -> bool:
    """Whether a page of this origin was sent so that nobody on the way reads it: by https, or not at all.

    The origin is the browser's own word for how it reached us; the scheme that a server sees is that of the
    last proxy.
    """
    scheme, _, host = origin.partition("://")
    return scheme == "https" or is_loopback(host)


def name_at(host: str) -> str:
    """What the cookie is called at a Host. Only that name counts there: no other can be slipped in."""
    return SESSION_COOKIE if is_loopback(host) else HOST_COOKIE


def token_in(sent: Mapping[str, str], host: str) -> str:
    """The token among the cookies of a request to this Host, or nothing."""
    return sent.get(name_at(host), "")


def token_of(connection: HTTPConnection) -> str:
    """The token that a request carries, or nothing."""
    return token_in(connection.cookies, connection.headers.get("host", ""))


def hand_out(response: Response, connection: HTTPConnection, token: str, *, hours: int) -> None:
    """Have the browser keep the token for so long. The request's origin must be safe."""
    name = name_at(connection.headers["host"])
    cookies.hand_out(response, connection, name, token, lasts=dt.timedelta(hours=hours))


def take_back(response: Response, connection: HTTPConnection) -> None:
    """Have the browser forget the token."""
    cookies.take_back(response, connection, name_at(connection.headers["host"]))
