"""Reconciling: the bucket is looked through, and what differs from the manifest is made right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from domain import manifest, orphans, paths
from jobs.plan import MARK
from ports.bucket import Bucket


@dataclass(frozen=True)
class Findings:
    """Pages that are to be uploaded again, because nothing or something else stands there, and objects of no page."""

    wrong: int
    strays: int


def reconcile(connection: psycopg.Connection, bucket: Bucket, at: datetime, *, keep: bool = True) -> Findings:
    """Compare every object with the manifest; pages that are being built, or are to be, are left alone.

    A stray that we have put there is removed a day later, or by the next sweep if it is not to be kept, unless a page
    stands there then; those of others stay.
    """
    expected = manifest.standing(connection)
    standing = dict(bucket.tags())
    wrong = [path for path, etag in expected.items() if standing.get(paths.key_of(path)) != etag]
    known = {paths.key_of(path) for path in expected} | {MARK}
    unknown = [key for key in standing if key not in known]
    strays = [paths.path_of(key) for key in unknown if _is_ours(bucket, key)]
    return Findings(
        manifest.upload_again(connection, expected, wrong), orphans.found(connection, strays, at, keep=keep)
    )


def _is_ours(bucket: Bucket, key: str) -> bool:
    there = bucket.look(key)
    return there is not None and there.head.version > 0
