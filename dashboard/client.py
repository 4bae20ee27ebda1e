"""From where somebody asks, and in which browser: for what counts tries to get in."""

import ipaddress
import re
from collections.abc import Sequence

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import Response

from dashboard import cookies, resources
from db.engine import Sessions
from ingestion import known_browsers

BROWSER_COOKIE = "ingestion_browser"

_WITH_PORT = re.compile(r"(?:(?P<four>[0-9.]+)|\[(?P<six>[0-9a-fA-F:.]+)\]):\d+")
_LOOPBACK = "127.0.0.1"
_UNKNOWN = "unknown"


def address_of(connection: HTTPConnection, hops: int) -> str:
    """The network address that a request comes from, with `hops` proxies of ours before us.

    Each of them adds to X-Forwarded-For whom it was asked by, so the entry that counts is the last but `hops`
    - 1; what is left of it the client may have written itself. Without such an entry, or where it is no
    address, whoever is connected to us. `unknown` where that is no address either.
    """
    peer = connection.client.host if connection.client else ""
    return _address(connection.headers.getlist("x-forwarded-for"), peer, hops)


def current_address() -> str:
    """The same of the browser whose page this runs in."""
    # Streamlit names no address for this very machine.
    peer = st.context.ip_address or _LOOPBACK
    forwarded = st.context.headers.get_all("X-Forwarded-For")
    return _address(forwarded, peer, resources.settings().proxy_hops)


def current_browser() -> str | None:
    """What the browser whose page this runs in shows for being a known one."""
    return st.context.cookies.get(BROWSER_COOKIE)


def remember_browser(
    response: Response, connection: HTTPConnection, sessions: Sessions, user_id: int
) -> None:
    """Have the browser that asked known as one in which this user signed in."""
    token = known_browsers.remember(sessions, user_id, instead_of=connection.cookies.get(BROWSER_COOKIE))
    cookies.hand_out(response, connection, BROWSER_COOKIE, token, lasts=known_browsers.LASTS)


def _address(forwarded: Sequence[str], peer: str, hops: int) -> str:
    entries = [entry.strip() for entry in ",".join(forwarded).split(",")]
    named = _parsed(entries[-hops]) if 0 < hops <= len(entries) else None
    return named or _parsed(peer) or _UNKNOWN


def _parsed(text: str) -> str | None:
    """An address in its one spelling, also of `address:port`; None if it is none."""
    for spelling in (text, _without_port(text)):
        try:
            return str(ipaddress.ip_address(spelling))
        except ValueError:
            continue
    return None


def _without_port(text: str) -> str:
    found = _WITH_PORT.fullmatch(text)
    return (found["six"] or found["four"]) if found else ""
