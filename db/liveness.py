"""Whether the database answers, and letting go of one that hangs."""

import contextlib
import os
import socket
import threading
import time
from typing import Any

import psycopg2
from sqlalchemy import Engine, event

from db.engine import address_of

_SECONDS = 3
"""For a new connection. libpq knows whole seconds only, from 2."""
_HUNG_LOOKS = 2


class Liveness:
    """Looks at an engine's database by connections of its own, which no pool keeps waiting.

    A server that is stopped refuses or ends its connections, and whoever uses them is told. One that hangs
    keeps them, and who waits for an answer waits for ever: libpq has no timeout for that, and the server's
    own ones are not running. So once two looks in a row waited in vain, the connections are cut on this side.
    """

    def __init__(self, engine: Engine) -> None:
        self._address = address_of(engine)
        self._open: dict[int, Any] = {}
        self._lock = threading.Lock()
        self._hung = 0
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "close", self._closed)

    def check(self) -> None:
        """Connect, which takes 3 s at most. Raises psycopg2.OperationalError where that fails."""
        began = time.monotonic()
        try:
            psycopg2.connect(self._address, connect_timeout=_SECONDS).close()
        except psycopg2.OperationalError:
            hangs = time.monotonic() - began > _SECONDS - 1
            self._hung = self._hung + 1 if hangs else 0
            if self._hung >= _HUNG_LOOKS:
                self.cut()
            raise
        self._hung = 0

    def cut(self) -> None:
        """End the engine's connections: whoever waits on one gets an error at once."""
        with self._lock:
            for connection in self._open.values():
                # libpq may just have given it up itself.
                with contextlib.suppress(psycopg2.Error, OSError, ValueError):
                    _shut_down(connection.fileno())

    def _opened(self, connection: Any, _record: object) -> None:
        with self._lock:
            self._open[id(connection)] = connection

    def _closed(self, connection: Any, _record: object) -> None:
        # Called before it is closed, and waits for `cut`: a descriptor is never another's by then.
        with self._lock:
            self._open.pop(id(connection), None)


def _shut_down(descriptor: int) -> None:
    # By a copy of the descriptor, which can be closed: the other one is libpq's.
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
