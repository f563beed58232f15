"""A proxy before an S3 store that does to requests what networks and stores do: on command, or by chance."""

from __future__ import annotations

import http.client
import socket
import ssl
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

Act = Callable[["Handler"], None]
_ERROR = "<?xml version='1.0'?><Error><Code>{}</Code><Message>{}</Message></Error>"


class Handler(BaseHTTPRequestHandler):
    """One connection of a client; every request may meet a fault."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        fault = self.server.faulty.next_for(self.command)
        FAULTS[fault](self) if fault else self.pass_on()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def pass_on(self) -> None:
        self.reply(*self.ask())

    def ask(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the store itself says to this request."""
        store = http.client.HTTPConnection(self.server.store, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        store.request(self.command, self.path, self.body, headers)
        answer = store.getresponse()
        body = answer.read()
        store.close()
        return answer.status, answer.getheaders(), body

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes, cut: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), str(len(body)))
        self.send_header("Content-Length", length)
        self.end_headers()
        with suppress(OSError):
            if self.command != "HEAD":
                self.wfile.write(body[:cut])

    def refuse(self, status: int, code: str, **headers: str) -> None:
        body = _ERROR.format(code, code).encode()
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.reply(status, [("Content-Type", "application/xml"), *named], body)

    def reset(self) -> None:
        """The connection ends as if the other side had fallen over."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _lost_reply(handler: Handler) -> None:
    handler.ask()
    handler.reset()


def _truncated(handler: Handler) -> None:
    """Half of the body; where there is none, half of the headers."""
    status, headers, body = handler.ask()
    if body and handler.command != "HEAD":
        handler.reply(status, headers, body, cut=len(body) // 2)
        handler.wfile.flush()
    else:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nETa")
    handler.close_connection = True


def _stall(handler: Handler) -> None:
    handler.server.faulty.released.wait(60)
    handler.close_connection = True


def _no_conditions(handler: Handler) -> None:
    conditional = handler.headers.get("If-Match") or handler.headers.get("If-None-Match")
    handler.refuse(501, "NotImplemented") if conditional else handler.pass_on()


FAULTS: dict[str, Act] = {
    "no conditions": _no_conditions,
    "500": lambda handler: handler.refuse(500, "InternalError"),
    "503": lambda handler: handler.refuse(503, "SlowDown"),
    "503 later": lambda handler: handler.refuse(503, "SlowDown", Retry_After="1"),
    "429": lambda handler: handler.refuse(429, "TooManyRequests"),
    "stall": _stall,
    "reset": lambda handler: handler.reset(),
    "lost reply": _lost_reply,
    "truncated": _truncated,
}


@dataclass
class Faulty:
    """What is to go wrong: `script` for the next requests, one after the other, then by `chance` of `kinds`.

    `only` spares requests of other methods; `met` counts what went wrong, `asked` the requests by method.
    """

    url: str = ""
    script: list[str] = field(default_factory=list)
    chance: float = 0.0
    kinds: tuple[str, ...] = tuple(kind for kind in FAULTS if kind not in ("stall", "503 later", "no conditions"))
    only: str = ""
    rng: Random = field(default_factory=lambda: Random(7))
    met: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    released: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def next_for(self, method: str) -> str:
        with self._lock:
            self.asked[method] += 1
            if self.only and method != self.only:
                return ""
            fault = self.script.pop(0) if self.script else ""
            if not fault and self.rng.random() < self.chance:
                fault = self.rng.choice(self.kinds)
            if fault:
                self.met[fault] += 1
            return fault

    def heal(self) -> None:
        self.script, self.chance = [], 0.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, store: str, faulty: Faulty) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store, self.faulty = urlsplit(store).netloc, faulty

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news."""


@contextmanager
def faulty_before(store: str, tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """A faulty way to the store at this address, behind TLS where that is given."""
    faulty = Faulty()
    server = _Server(store, faulty)
    faulty.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield faulty
    finally:
        faulty.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
