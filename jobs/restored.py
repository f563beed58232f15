"""After a restore: the database is older than the bucket, and must not be taken for the older of two writers."""

from __future__ import annotations

from datetime import datetime

import psycopg

from domain import epoch, manifest
from jobs.plan import MARK, mark_bucket, want_unknown
from jobs.reconcile import Findings, reconcile
from ports.bucket import Bucket


def restored(connection: psycopg.Connection, bucket: Bucket, at: datetime) -> Findings:
    """Begin a new epoch of versions, and mark for building whatever the bucket holds otherwise than the database says.

    What the bucket holds of pages that the database does not know is removed by the next sweep. May run twice.
    """
    with connection.transaction():
        number = epoch.begin(connection, _highest(bucket))
        mark_bucket(connection, bucket, number)
        manifest.doubt_what_was_under_way(connection)
    found = reconcile(connection, bucket, at, keep=False)
    manifest.want_all(connection)
    want_unknown(connection)
    return found


def _highest(bucket: Bucket) -> int:
    """A version that no object in the bucket exceeds: the mark knows its epoch; without one every object is asked."""
    mark = bucket.look(MARK)
    if mark is not None:
        return mark.head.version
    return max((there.head.version for there in map(bucket.look, bucket.keys()) if there), default=0)
