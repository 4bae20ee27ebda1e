"""How our cookies are set: for this whole host, and out of the reach of scripts.

SameSite is Lax: a link to a page or a download in somebody's mail opens with the session there is. Strict
would leave it out of that first request, and protect nothing more: all that changes something is a POST, or a
socket, whose origin is checked.

Only requests that name their origin set cookies, and that origin was found safe. Where it is https, the
cookie travels by nothing else; the scheme that a server sees is that of the last proxy.
"""

import datetime as dt

from starlette.requests import HTTPConnection
from starlette.responses import Response


def hand_out(
    response: Response, connection: HTTPConnection, name: str, value: str, *, lasts: dt.timedelta
) -> None:
    """Have the browser keep a cookie for so long."""
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=connection.headers["origin"].startswith("https:"),
    )


def take_back(response: Response, connection: HTTPConnection, name: str) -> None:
    """Have the browser forget a cookie."""
    hand_out(response, connection, name, "", lasts=dt.timedelta(0))
