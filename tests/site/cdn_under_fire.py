"""A CDN under fire: readers fill it all the time, it takes PURGE and BAN as Varnish does, and fails now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from domain import paths
from ports.bucket import Bucket
from tests.site.cached import Cache

ON_THE_WAY = 0.5
"""Seconds that an answer takes at most from the bucket to the cache."""
EVERY, AWAY = 10.0, 1.5
"""Every so many seconds it is away for a while: all purges are answered with 503."""


class FilledCache:
    """A cache over a bucket, and the thread of its readers."""

    def __init__(self, seed: int) -> None:
        self.bucket: Bucket | None = None
        self.cache = Cache(self._read)
        self.purged = 0
        self._rng, self._lock, self._stop = Random(seed), threading.Lock(), threading.Event()
        self._readers = threading.Thread(target=self._fill, daemon=True)

    def begin(self, bucket: Bucket) -> None:
        """Readers come, and ask for what stands in this bucket."""
        self.bucket = bucket
        self._readers.start()

    def end(self) -> None:
        """Nobody comes any more, and what was on its way has arrived."""
        self._stop.set()
        self._readers.join()

    def take(self, method: str, path: str) -> int:
        """The status with which a purge is answered."""
        with self._lock:
            if time.monotonic() % EVERY < AWAY:
                return 503
            self.purged += 1
            self.cache.purge_everything() if method == "BAN" else self.cache.purge([path])
        return 200

    def _read(self, path: str) -> object:
        return self.bucket.get(paths.key_of(path)) if self.bucket else None

    def _fill(self) -> None:
        assert self.bucket is not None
        while not self._stop.is_set():
            known = [paths.path_of(key) for key in self.bucket.keys("") if not key.startswith(".")]
            end = time.monotonic() + ON_THE_WAY
            while time.monotonic() < end and not self._stop.is_set():
                with self._lock:
                    for path in self._rng.sample(known, min(10, len(known))):
                        self.cache.visit(path)
                self._stop.wait(0.05)
            with self._lock:
                self.cache.arrive()


@contextmanager
def cdn_under_fire(seed: int) -> Iterator[tuple[str, FilledCache]]:
    """Its CDN_URL, and the cache."""
    filled = FilledCache(seed)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            self.send_response(filled.take(self.command, self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_PURGE: Callable[[Handler], None] = _take
        do_BAN: Callable[[Handler], None] = _take

        def log_message(self, *_: object) -> None:
            """Nobody wants to read it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Those who ask are killed in the middle of it."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"varnish://127.0.0.1:{server.server_address[1]}", filled
        finally:
            server.shutdown()
