"""What a browser sends beside the page's connection: files, forms and downloads over HTTP."""

import asyncio
import http.client
import http.cookies
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PATIENCE = 60.0
"""Seconds without an answer."""
XSRF_COOKIE = "_streamlit_xsrf"


class Unanswered(Exception):
    """The product did not answer as it should; the message says what was asked and what came."""


@dataclass
class Web:
    """One visitor's requests to the dashboard, with the cookies that were set on the way."""

    address: str
    """As `http://127.0.0.1:8501`."""
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.address).netloc

    @property
    def cookie_header(self) -> str:
        """The cookies as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def get(self, path: str) -> bytes:
        """The body of an answer, read to its end. Raises Unanswered."""
        return await self._send("GET", path)

    async def post(self, path: str, headers: dict[str, str]) -> None:
        """Send nothing but headers. Raises Unanswered."""
        await self._send("POST", path, headers={"Origin": self.address, **headers})

    async def put_file(self, path: str, name: str, content: bytes) -> None:
        """Send a file as the page's file uploader does: a form of one part (RFC 7578). Raises Unanswered."""
        boundary = secrets.token_hex(16)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Origin": self.address,
            "X-Xsrftoken": self.cookies.get(XSRF_COOKIE, ""),
        }
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        await self._send("PUT", path, body, headers)

    async def _send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> bytes:
        return await asyncio.to_thread(self._answer, method, path, body, headers or {})

    def _answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        connection = http.client.HTTPConnection(self.host, timeout=_PATIENCE)
        try:
            given = {"Cookie": self.cookie_header} if self.cookies else {}
            connection.request(method, path, body or None, {**given, **headers})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{method} {path}: {error or type(error).__name__}") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise Unanswered(f"{method} {path}: {answer.status} {content[:200].decode(errors='replace')}")
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return content
