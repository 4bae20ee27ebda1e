"""The headers of every answer: what a browser may do with it, and who may keep it."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.door.policy import content_security_policy

_ONE_YEAR = "max-age=31536000"
_NOT_NEEDED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""What a browser could let a page do (W3C Permissions Policy), and these pages never ask for."""


class Answers:
    """Adds the security headers to every answer, whoever gives it, also where the application fails.

    `store` is where large files are sent, `proxy_hops` how many proxies are known to be in front.
    """

    def __init__(self, app: ASGIApp, store: str, proxy_hops: int) -> None:
        self._app = app
        self._is_behind_proxy = proxy_hops > 0
        self._headers = {
            "content-security-policy": content_security_policy(store),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "permissions-policy": ", ".join(f"{feature}=()" for feature in _NOT_NEEDED),
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        is_secure = self._is_secure(scope)
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), scope["path"], message["status"], is_secure)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            # Starlette's own answer to a failure comes from outside all middleware, without headers.
            if scope["type"] == "http" and not begun:
                failed = PlainTextResponse("This did not work. Try again in a moment.", status_code=500)
                await failed(scope, receive, send_with_headers)
            raise

    def _is_secure(self, scope: Scope) -> bool:
        """Whether the browser's own connection was TLS, as far as those tell who are known to be in front."""
        if scope["scheme"] in ("https", "wss"):
            return True
        named = Headers(scope=scope).get("x-forwarded-proto", "")
        return self._is_behind_proxy and "https" in [part.strip() for part in named.split(",")]

    def _complete(self, headers: MutableHeaders, path: str, status: int, is_secure: bool) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)  # an answer may be stricter with itself
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]  # Streamlit's, for pages of other hosts: there are none
        if not (path.startswith("/static/") and status in (200, 206, 304)):
            headers["cache-control"] = "no-store"  # only Streamlit's own code is the same for everybody
        if is_secure:
            headers["strict-transport-security"] = _ONE_YEAR
            _secure_cookies(headers)


def _secure_cookies(headers: MutableHeaders) -> None:
    """Have no cookie sent without TLS; Streamlit knows nothing of a proxy that ends it."""
    cookies = headers.getlist("set-cookie")
    if not cookies:
        return
    del headers["set-cookie"]
    for cookie in cookies:
        attributes = [part.strip().lower() for part in cookie.split(";")]
        headers.append("set-cookie", cookie if "secure" in attributes else f"{cookie}; Secure")
