"""A line to a server on this machine that can be cut, refused and stalled."""

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections import Counter

from local.ports import LOOPBACK

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER, on, 0 s: closing sends a reset, and what was not sent is thrown away."""
_CHUNK = 65_536
_GLANCE = 0.02


class TcpProxy:
    """Hands bytes between clients and a port of 127.0.0.1. `counts` says what was done to connections."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._refuses_until = 0.0
        self._stalls_until = 0.0
        self._links: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tcp-proxy", daemon=True)
        self.counts: Counter[str] = Counter()
        self.port = 0

    def start(self) -> None:
        """Listen on a free port."""
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self.port = listening.result(10)

    def close(self) -> None:
        """Cut all and end."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def cut(self) -> None:
        """Reset every connection, on both sides."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result(10)

    def refuse(self, seconds: float) -> None:
        """Reset new connections for so long. Those that stand are left alone."""
        self._refuses_until = time.monotonic() + seconds

    def stall(self, seconds: float) -> None:
        """Let no byte through for so long; then all go on as if nothing had been."""
        self._stalls_until = time.monotonic() + seconds

    def calm(self) -> None:
        """Let everything through again."""
        self._refuses_until = self._stalls_until = 0.0

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        port = self._server.sockets[0].getsockname()[1]
        assert isinstance(port, int)
        return port

    async def _end(self) -> None:
        self._server.close()
        await self._cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _cut(self) -> None:
        self.counts["cut"] += len(self._links)
        for link in list(self._links):
            for writer in link:
                _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        if time.monotonic() < self._refuses_until:
            self.counts["refused"] += 1
            _reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target_port)
        except OSError:  # the server is down
            _reset(writer)
            return
        link = writer, far_writer
        self._links.add(link)
        pumps = {
            self._loop.create_task(self._pump(reader, far_writer)),
            self._loop.create_task(self._pump(far_reader, writer)),
        }
        self._tasks |= pumps
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._links.discard(link)
            for pump in pumps:
                pump.cancel()
            self._tasks -= pumps
            for side in link:
                side.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._until_it_flows()
                writer.write(data)
                await writer.drain()

    async def _until_it_flows(self) -> None:
        if time.monotonic() < self._stalls_until:
            self.counts["stalled"] += 1
        while time.monotonic() < self._stalls_until:
            await asyncio.sleep(_GLANCE)


def _reset(writer: asyncio.StreamWriter) -> None:
    end: socket.socket | None = writer.get_extra_info("socket")
    if end is not None:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
