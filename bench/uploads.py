"""`python -m bench.uploads`: our S3 adapter and a bare HTTP client put the same objects into the same sink in turns."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import local

from bench import report
from bench.figures import BARE, UPLOAD, Figures
from bench.measure import call
from bench.sink import sink
from ports.bucket import Head, open_bucket

OBJECTS, BYTES = 20_000, 12_000
HEAD = Head("text/html; charset=utf-8", "public, max-age=60", digest="0f" * 16, version=123_456)
Put = Callable[[int], object]


def upload(figures: Figures, rounds: int, objects: int = OBJECTS) -> None:
    """Both, in turns; the CPU of the sink counts for both."""
    body = os.urandom(BYTES)
    with sink() as (port, process), _keys():
        bucket = open_bucket(f"s3://bucket?endpoint=http://127.0.0.1:{port}&region=auto")

        def ours(number: int) -> object:
            return bucket.put(f"anime/title-{number}", body, HEAD, over=None)

        for _ in range(rounds):
            for name, put in ((UPLOAD, ours), (BARE, _bare(port, body))):
                with ThreadPoolExecutor(bucket.parallel) as threads:
                    figures.add(name, call(lambda put=put, map=threads.map: all(map(put, range(objects))), [process]))


def _bare(port: int, body: bytes) -> Put:
    """The standard library's HTTP client, one connection for each thread: no proof of who asks, no second attempt."""
    kept = local()

    def put(number: int) -> object:
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", port)
        kept.connection.request("PUT", f"/bucket/anime/title-{number}", body, {"Content-Type": HEAD.content_type})
        answer = kept.connection.getresponse()
        answer.read()
        return answer.headers["ETag"]

    return put


@contextmanager
def _keys() -> Iterator[None]:
    """Any keys: the sink does not ask whose they are."""
    before = dict(os.environ)
    os.environ |= {"AWS_ACCESS_KEY_ID": "anybody", "AWS_SECRET_ACCESS_KEY": "anything"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


if __name__ == "__main__":
    measured = Figures()
    upload(measured, 3)
    print(f"\n{report.table(measured)}\n\n{report.costs(measured)}")
