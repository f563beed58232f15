"""Recounting whole libraries: what is derived follows again from the watches, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

import psycopg

from domain.library.verbs import recalculate

BATCH = 500


class Recounted(NamedTuple):
    """Entries that were looked at, and those that had to be put right."""

    entries: int
    corrected: int


_BATCH = """
SELECT user_id, anime_id FROM entry
WHERE (user_id, anime_id) > (%(user)s, %(anime)s) AND (%(only)s::bigint IS NULL OR user_id = %(only)s)
ORDER BY user_id, anime_id LIMIT %(limit)s
"""


def recount(connection: psycopg.Connection, at: datetime, user_id: int | None = None) -> Iterator[Recounted]:
    """Recount all libraries, or that of one fan; one transaction for each batch, and says after it what was done.

    Fans go on meanwhile: an entry is locked only for its batch.
    """
    last, entries, corrected = (0, UUID(int=0)), 0, 0
    while True:
        where = {"user": last[0], "anime": last[1], "only": user_id, "limit": BATCH}
        batch = connection.execute(_BATCH, where).fetchall()
        if not batch:
            return
        with connection.transaction():
            for fan, group in groupby(batch, key=lambda pair: pair[0]):
                there = [anime for _, anime in group]
                corrected += sum(one.change_id > 0 for one in recalculate(connection, fan, there, at))
        entries, last = entries + len(batch), batch[-1]
        yield Recounted(entries, corrected)
