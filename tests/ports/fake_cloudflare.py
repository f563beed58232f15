"""A stand-in for Cloudflare's purge API on this machine: it remembers what it was asked, and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ZONE, TOKEN = "0123456789abcdef0123456789abcdef", "a-token-that-nobody-may-read"


@dataclass
class FakeCloudflare:
    """`answers` are given first, each a status with its headers; then all is well. `hang` is seconds before each."""

    port: int
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    refuses: str = ""
    hang: float = 0.0

    @property
    def url(self) -> str:
        return f"cloudflare://{ZONE}?api=http://127.0.0.1:{self.port}/client/v4"

    @property
    def purged(self) -> list[str]:
        """Every address that was asked for, in order; `*` is everything."""
        return [url for body in self.asked for url in (["*"] if body.get("purge_everything") else body["files"])]

    def answer(self, path: str, token: str | None, body: dict[str, Any]) -> tuple[int, dict[str, str]]:
        time.sleep(self.hang)
        if token != f"Bearer {TOKEN}" or path != f"/client/v4/zones/{ZONE}/purge_cache":
            return 403, {}
        if self.answers:
            return self.answers.pop(0)
        if self.refuses and any(self.refuses in url for url in body.get("files", [])):
            return 400, {}
        self.asked.append(body)
        return 200, {}


@contextmanager
def fake_cloudflare() -> Iterator[FakeCloudflare]:
    """Listening until this ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers = fake.answer(self.path, self.headers.get("Authorization"), body)
            said = [] if status == 200 else [{"code": 1000 + status, "message": f"this is\n{status}"}]
            content = json.dumps({"success": status == 200, "errors": said}).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nobody wants to read it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Who hangs up on us is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        fake = FakeCloudflare(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
