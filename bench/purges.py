"""A cache that only listens: when it was told to forget which address."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Listener:
    """Where it listens, and the moments (`time.perf_counter`) of the purges of each path."""

    url: str
    told: dict[str, list[float]] = field(default_factory=dict)

    def since(self, path: str, began: float) -> float | None:
        """The first purge of a path from a moment on."""
        return next((moment for moment in self.told.get(path, []) if moment >= began), None)


@contextmanager
def listener() -> Iterator[Listener]:
    """Listening until this ends, as Varnish does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PURGE(self) -> None:
            found.told.setdefault(self.path, []).append(time.perf_counter())
            self.do_BAN()

        def do_BAN(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is worth a line."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Listener(f"varnish://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
