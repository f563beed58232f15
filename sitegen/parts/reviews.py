"""What fans make of an anime: figures of our own, and the newest reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import paths
from domain.reviews.markup import blocks, excerpt
from sitegen import labels
from sitegen.reads.batch import Row

LONGEST = 500
"""Characters of each review; the whole of it has a page of its own."""


def lines(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The reviews as they stand on the page of their anime; a former member has no handle."""
    return [_line(row) for row in rows]


def _line(row: Row) -> dict[str, Any]:
    said, more = excerpt(blocks(row["body"]), LONGEST)
    return {
        "path": paths.review(row["id"]),
        "by": f"@{row['handle']}" if row["handle"] else "A former member",
        "profile": paths.profile(row["handle"]) if row["handle"] else "",
        "day": labels.iso(row["day"], "day"),
        "told": " · ".join(filter(None, [labels.day(row["day"]), _reached(row["reached"])])),
        "spoiler": row["spoiler"],
        "said": said,
        "more": more,
    }


def _reached(reached: int | None) -> str:
    return "" if reached is None else f"after episode {reached:,}" if reached else "before the first episode"


def panel(score: int | None, votes: int | None, fans: int | None) -> dict[str, str]:
    """The figures in words, each empty where there are too few: `8.4`, `from 1,200 readers`, `On 3,400 lists`."""
    return {
        "score": f"{score / 10:.1f}" if score and votes else "",
        "votes": f"from {votes:,} readers" if score and votes else "",
        "fans": f"On {fans:,} lists" if fans else "",
    }


def rating(score: int | None, votes: int | None) -> dict[str, Any]:
    """The same for search engines; nothing where too few gave it."""
    if not score or not votes:
        return {}
    return {
        "aggregateRating": {
            "@type": "AggregateRating", "ratingValue": score / 10, "ratingCount": votes, "bestRating": 10,
            "worstRating": 1,
        }
    }  # fmt: skip
