"""A TCP proxy on loopback that stands for a bad network: it refuses, cuts, stalls and passes again."""

import contextlib
import socket
import threading
from types import TracebackType

_CHUNK = 65_536


class Proxy:
    """Passes connections on to `target`, (host, port), until it is told not to.

    A context manager; `port` stays the same for its life, whatever happens to it meanwhile.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._waiting: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._listening: socket.socket | None = None
        self._cut_after: int | None = None
        self.port = self._listen(0)

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.refuse()
        self._flows.set()

    def refuse(self) -> None:
        """Listen no more, as if the process were gone: new connections are refused, open ones are cut."""
        with self._lock:
            listening, self._listening = self._listening, None
        if listening is not None:
            # A thread may be waiting in accept, which closing alone does not end.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        self.cut()

    def cut(self) -> None:
        """End the connections that are open; new ones are passed on."""
        with self._lock:
            lines = [*self._waiting, *(line for pair in self._pairs for line in pair)]
        for line in lines:
            _end(line)

    def cut_after(self, size: int) -> None:
        """Cut all connections once so many more bytes came from the target."""
        self._cut_after = size

    def stall(self) -> None:
        """Take connections and bytes and pass nothing on, as a process that hangs."""
        self._flows.clear()

    def pass_on(self) -> None:
        """Work again, after whatever it was."""
        self._flows.set()
        if self._listening is None:
            self._listen(self.port)

    def _listen(self, port: int) -> int:
        listening = socket.create_server(("127.0.0.1", port))
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        taken: int = listening.getsockname()[1]
        return taken

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        with self._lock:
            self._waiting.add(near)
        self._flows.wait()
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        finally:
            with self._lock:
                self._waiting.discard(near)
        with self._lock:
            self._pairs.add((near, far))
        back = threading.Thread(target=self._pump, args=(far, near, True), daemon=True)
        back.start()
        self._pump(near, far, False)
        back.join()
        with self._lock:
            self._pairs.discard((near, far))
        near.close()
        far.close()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        try:
            while chunk := source.recv(_CHUNK):
                self._flows.wait()
                sink.sendall(chunk)
                if is_answer:
                    self._count(len(chunk))
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            _end(source)
            _end(sink)

    def _count(self, size: int) -> None:
        if self._cut_after is None:
            return
        self._cut_after -= size
        if self._cut_after <= 0:
            self._cut_after = None
            self.cut()


def _end(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
