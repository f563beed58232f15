"""Sweeping: what pages have left is removed from the bucket, unless it is so much that it must be a mistake."""

from __future__ import annotations

from datetime import datetime

import psycopg

from domain import manifest, orphans, paths, purges
from domain.brake import TOO_FEW, TOO_MANY
from domain.errors import Conflict
from domain.lease import BULK
from ports.bucket import Bucket

PER_SWEEP = 5000


def sweep(connection: psycopg.Connection, bucket: Bucket, at: datetime, *, yes: bool = False) -> int:
    """Remove the objects at paths that a page has left; returns how many. Raises Conflict before removing too many.

    The transaction stays open while the bucket works, against the rule: see `orphans.removable`.
    """
    if not yes and (gone := orphans.count_removable(connection, at)):
        refuse_if_too_many(gone, manifest.live_count(connection) + gone)
    removed = 0
    while found := _sweep_some(connection, bucket, at):
        removed += found
    return removed


def _sweep_some(connection: psycopg.Connection, bucket: Bucket, at: datetime) -> int:
    with connection.transaction():
        left = [path for path, _ in orphans.removable(connection, at, PER_SWEEP)]
        if left:
            bucket.delete([paths.key_of(path) for path in left])
        orphans.forget(connection, left)
        purges.want(connection, left, BULK)
    return len(left)


def refuse_if_too_many(dying: int, live: int) -> None:
    """Raise Conflict where `dying` of `live` pages is more than may be removed unasked."""
    if dying > max(live * TOO_MANY, TOO_FEW):
        raise Conflict(
            f"this would remove {dying:,} of {live:,} live pages; if that is right: autotrack site build --yes"
        )
