"""The buckets: each takes an object, gives it back, and replaces only what one has seen; nothing of it stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from autotrack.checks import NOTE, OK, Finding, judged
from ports.bucket import Bucket, Head, open_bucket
from ports.errors import Overtaken, Unavailable
from ports.settings import Settings

HEAD = Head("text/plain; charset=utf-8", "no-store")


def check(settings: Settings) -> Iterator[Finding]:
    """Raises PortError where the bucket does not do as asked."""
    bucket, key = open_bucket(settings.bucket_url), f".autotrack-doctor-{uuid.uuid4().hex}"
    home = bucket.look("index")
    yield (
        Finding("bucket", OK, "can be read")
        if home
        else Finding("bucket", NOTE, "can be read, and holds no home page", "autotrack site build")
    )
    with _passing(bucket, key):
        yield _written("bucket writes", bucket, key)
        yield _conditions(bucket, key)


def check_uploads(settings: Settings) -> Iterator[Finding]:
    """Raises PortError where the bucket of what fans upload does not do as asked."""
    bucket, key = open_bucket(settings.uploads_url, "UPLOADS_URL"), f".autotrack-doctor-{uuid.uuid4().hex}"
    with _passing(bucket, key):
        yield _written("uploads", bucket, key)
    yield judged(
        "uploads apart", settings.uploads_url != settings.bucket_url, "lie apart from pages",
        "lie in the bucket of pages, for everybody to see", "set UPLOADS_URL to a bucket of its own",
    )  # fmt: skip


@contextmanager
def _passing(bucket: Bucket, key: str) -> Iterator[None]:
    """What is put there goes again."""
    try:
        yield
    finally:
        with suppress(Unavailable):
            bucket.delete([key])


def _written(name: str, bucket: Bucket, key: str) -> Finding:
    bucket.put(key, b"one", HEAD, None)
    found = bucket.get(key)
    return judged(
        name, found is not None and found.body == b"one", "can be written to, and gives back what it took",
        "does not give back what was written a moment ago", "see that no cache stands between this machine and it",
    )  # fmt: skip


def _conditions(bucket: Bucket, key: str) -> Finding:
    refused = _refuses(bucket, key, None) and _refuses(bucket, key, '"00000000000000000000000000000000"')
    return judged(
        "bucket conditions", refused, "replaces only what one has seen",
        "ignores If-None-Match or If-Match: a worker that was paused may put an old page over a new one",
        "use a store with conditional writes (R2, S3, MinIO …); until then the hourly look repairs it",
    )  # fmt: skip


def _refuses(bucket: Bucket, key: str, over: str | None) -> bool:
    try:
        bucket.put(key, b"two", HEAD, over)
    except Overtaken:
        return True
    return False
