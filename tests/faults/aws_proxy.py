"""An HTTP server before the emulator of S3 and SQS that tampers with requests and answers."""

import hashlib
import http.client
import json
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.ports import LOOPBACK

_PATIENCE_SECONDS = 60
_OF_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
_SQS = "AmazonSQS."
_MOST_DELAY_SECONDS = 900
"""SQS takes no longer ones."""
DEAD_LETTERS = "_dlq"
"""What the name of a dead-letter queue ends with."""


class Effect(StrEnum):
    """What is done to a request."""

    UNAVAILABLE = "answered with 503, not carried out"
    THROTTLED = "answered with RequestThrottled, not carried out"
    UNHEARD = "carried out, the answer lost"
    CUT_SHORT = "carried out, the answer cut in the middle"
    DELAYED = "the message is delayed"
    DOUBLED = "the message is sent twice, the second time delayed"
    DROPPED = "the message is said to be sent, and is not"


@dataclass
class Tampering:
    """An effect on the next `times` requests of some actions: of SQS its own, of S3 `S3.GET` and the like."""

    name: str
    effect: Effect
    actions: frozenset[str]
    times: int = 1
    seconds: int = 0
    """Of delay."""
    within: str = ""
    """Only requests whose path has this in it, such as an object's key."""
    is_new: bool = True
    """Whether no request has met it yet."""


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def action(self) -> str:
        target = self.headers.get("X-Amz-Target", "")
        if target.startswith(_SQS):
            return target.removeprefix(_SQS)
        # Only objects: what concerns the bucket is asked before the trial begins, and after it.
        is_object = self.path.split("?")[0].strip("/").count("/") > 0
        return f"S3.{self.method}" if is_object else "S3.bucket"

    @property
    def is_of_dead_letters(self) -> bool:
        return self.action == "SendMessage" and str(self.parameters["QueueUrl"]).endswith(DEAD_LETTERS)

    @property
    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = json.loads(self.body)
        return parameters

    def delayed(self, seconds: int) -> "_Request":
        changed = {
            **self.parameters,
            "DelaySeconds": min(int(self.parameters.get("DelaySeconds") or 0) + seconds, _MOST_DELAY_SECONDS),
        }
        return _Request(self.method, self.path, self.headers, json.dumps(changed).encode())


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    is_cut: bool = False


_REFUSALS = {
    Effect.UNAVAILABLE: _Answer(503, b"<Error><Code>SlowDown</Code><Message>Too many.</Message></Error>"),
    Effect.THROTTLED: _Answer(
        403, b'{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "Too many requests."}'
    ),
}


class AwsProxy:
    """Hands requests on to the emulator's port, and does to them what it was told to.

    `hits` counts, by name, the tamperings that met a request.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._armed: list[Tampering] = []
        self._lock = threading.Lock()
        self.hits: Counter[str] = Counter()
        proxy = self

        class Handler(_Handler):
            answer = staticmethod(proxy._answer)

        self._server = _Server((LOOPBACK, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="aws-proxy", daemon=True)
        self.port = int(self._server.server_address[1])

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def arm(self, tampering: Tampering) -> None:
        """Do this to the requests to come."""
        with self._lock:
            self._armed.append(tampering)

    def calm(self) -> None:
        """Do nothing more to any request."""
        with self._lock:
            self._armed.clear()

    def _answer(self, request: _Request) -> _Answer | None:
        """The answer that a client gets; None: the connection ends without one."""
        tampering = self._taken_for(request)
        if tampering is None:
            return self._forward(request)
        if tampering.effect in _REFUSALS:
            return _REFUSALS[tampering.effect]
        if tampering.effect is Effect.DROPPED:
            return _said_to_be_sent(request)
        if tampering.effect is Effect.DELAYED:
            return self._forward(request.delayed(tampering.seconds))
        answer = self._forward(request)
        if tampering.effect is Effect.DOUBLED:
            self._forward(request.delayed(tampering.seconds))
        if tampering.effect is Effect.UNHEARD:
            return None
        return answer and replace(answer, is_cut=tampering.effect is Effect.CUT_SHORT)

    def _taken_for(self, request: _Request) -> Tampering | None:
        action = request.action
        with self._lock:
            for tampering in self._armed:
                is_meant = action in tampering.actions and tampering.within in request.path
                if is_meant and not request.is_of_dead_letters:
                    self.hits[tampering.name] += tampering.is_new
                    tampering.is_new = False
                    tampering.times -= 1
                    if tampering.times == 0:
                        self._armed.remove(tampering)
                    return tampering
        return None

    def _forward(self, request: _Request) -> _Answer | None:
        connection = http.client.HTTPConnection(LOOPBACK, self._target_port, timeout=_PATIENCE_SECONDS)
        try:
            headers = {**request.headers, "Content-Length": str(len(request.body)), "Connection": "close"}
            connection.request(request.method, request.path, request.body, headers)
            answer = connection.getresponse()
            return _Answer(answer.status, answer.read(), answer.getheaders())
        except (OSError, http.client.HTTPException):  # it is down
            return None
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections are cut on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Any

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.answer(_Request(self.command, self.path, dict(self.headers.items()), body))
        if answer is None:
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        sent = {name.lower() for name, _ in answer.headers}
        for name, value in answer.headers:
            if name.lower() not in _OF_ONE_HOP or (
                self.command == "HEAD" and name.lower() == "content-length"
            ):
                self.send_header(name, value)
        if self.command != "HEAD" or "content-length" not in sent:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.is_cut else answer.body)
        self.close_connection = self.close_connection or answer.is_cut

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write no log."""


def _said_to_be_sent(request: _Request) -> _Answer:
    text = str(request.parameters["MessageBody"]).encode()
    said = {
        "MessageId": str(uuid.uuid4()),
        "MD5OfMessageBody": hashlib.md5(text, usedforsecurity=False).hexdigest(),
    }
    return _Answer(200, json.dumps(said).encode(), [("Content-Type", "application/x-amz-json-1.0")])
