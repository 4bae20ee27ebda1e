"""From where requests come: which host they ask for, and whose page sent them."""

import re
from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import security
from dashboard.door.refusing import refuse

_HOST = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[a-z0-9.-]+?)\.?(?::\d{1,5})?", re.IGNORECASE)
_ASKED_BY_ADDRESS = ("/livez", "/healthz")
"""By load balancers, which know a task by nothing else."""
_CHANGE_NOTHING = ("GET", "HEAD", "OPTIONS")  # RFC 9110 §9.2.1


class Callers:
    """Refuses requests for other hosts, and what changes anything unless a page of this very host sends it.

    The first is against names of others that point here (DNS rebinding), the second against pages of others
    that send a signed-in browser here. A socket may change everything, so it is asked for both.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Collection[str]) -> None:
        self._app = app
        self._allowed_hosts = frozenset(allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refuse(refusal, scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        scope = connection.scope
        if scope["type"] == "websocket" or scope["path"] not in _ASKED_BY_ADDRESS:
            hosts = [_HOST.fullmatch(host) for host in connection.headers.getlist("host")]
            if len(hosts) != 1 or hosts[0] is None:
                return PlainTextResponse("A request names exactly one host.", status_code=400)
            if hosts[0]["name"].lower() not in self._allowed_hosts:
                return PlainTextResponse(
                    "This server does not answer to that name. If it should, add the name to the setting "
                    "ALLOWED_HOSTS.",
                    status_code=421,
                )
        changes = scope["type"] == "websocket" or scope["method"] not in _CHANGE_NOTHING
        if changes and not security.is_same_origin(connection):
            return PlainTextResponse("This request comes from another site.", status_code=403)
        return None
