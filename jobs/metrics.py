"""What workers and relays count: renders by type and verdict, uploads, and the time from a change to its page."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence

from prometheus_client import Counter, Histogram

from domain.built import Built
from domain.lease import Due

RENDERS = Counter("autotrack_renders", "Pages that were built, by type and by what became of them", ["type", "verdict"])
UPLOADS = Counter("autotrack_uploads", "Objects that were put into the bucket")
PURGES = Counter("autotrack_purges", "Addresses that the CDN was to forget, by what became of it", ["result"])
CHANGE_TO_LIVE = Histogram(
    "autotrack_change_to_live_seconds",
    "From the logging of a change to the record that a page which shows it stands in the bucket, by type of page",
    ["type"],
    buckets=(0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 60, 300, 3600),
)


def tell(due: Sequence[Due], built: Sequence[Built], seconds: float) -> None:
    """Count a batch that was recorded `seconds` after it was leased; both sequences are in one order."""
    kinds = [page.key.partition("/")[0] for page in built]
    for (kind, verdict), many in Tally(zip(kinds, (page.verdict for page in built), strict=True)).items():
        RENDERS.labels(kind, verdict).inc(many)
    UPLOADS.inc(sum(page.verdict == "publish" for page in built))
    for kind, page, result in zip(kinds, due, built, strict=True):
        if page.waited is not None and _shows(page, result):
            CHANGE_TO_LIVE.labels(kind).observe(page.waited + seconds)


def _shows(page: Due, result: Built) -> bool:
    """Whether readers see something else now; most changes that reach a page have nothing to show there."""
    return result.verdict == "publish" or (result.verdict == "gone" and page.path is not None)
