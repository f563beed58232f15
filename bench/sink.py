"""A sink that speaks just enough S3: reads each object that is put, keeps nothing, and answers an ETag."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

_ANSWER = b'HTTP/1.1 200 OK\r\nETag: "%032x"\r\nContent-Length: 0\r\n\r\n'
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_spawn = multiprocessing.get_context("spawn")


class _Sink(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self) -> None:
        self._received, self._left, self._count = bytearray(), 0, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._left:
            self._body(data)
            return
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if end:
            self._received.clear()
            lines = bytes(head).lower()
            self._left = int(lines.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
            if b"\r\nexpect:" in lines and not rest:
                self._transport.write(_CONTINUE)
            if rest or not self._left:
                self._body(bytes(rest))

    def _body(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left == 0:
            self._count += 1
            self._transport.write(_ANSWER % self._count)


async def _serve(told: Connection) -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", 0)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(told: Connection) -> None:
    asyncio.run(_serve(told))


@contextmanager
def sink() -> Iterator[tuple[int, int]]:
    """(port, process id) of a sink in a process of its own, gone afterwards."""
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    try:
        assert process.pid is not None
        yield ours.recv(), process.pid
    finally:
        process.kill()
        process.join()
