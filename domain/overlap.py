"""Relaying beside rendering: no page may keep what it read before a change that did not know of its reading.

A change reaches the pages that are known to have read what it touched. A page that is being rendered may be reading
it for the first time, from a moment before the change. So while anything is being rendered the relay leaves behind
what it touched, and who finishes a page looks there: what was touched since its moment is to be rendered again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus

_RENDERING, _FINISHING = 7_001, 7_002
"""Advisory locks: shared by everybody who renders or records; the relay takes both alone."""
_STOPPED = "set_config('idle_in_transaction_session_timeout', '15s', true)"
"""Who is stopped in the middle of recording or relaying, and has its lock in his hand, holds the others for so long."""


@contextmanager
def rendering(connection: psycopg.Connection) -> Iterator[None]:
    """Be known as one who renders; before the lease is taken, so before anything is read."""
    connection.execute("SELECT pg_advisory_lock_shared(%s)", [_RENDERING])
    try:
        yield
    finally:
        # who was out of time in the middle of a statement cannot ask for anything; the connection is closed soon
        unable = (TransactionStatus.ACTIVE, TransactionStatus.UNKNOWN)
        if connection.info.transaction_status not in unable:
            connection.execute("SELECT pg_advisory_unlock_shared(%s)", [_RENDERING])


def begin_finish(connection: psycopg.Connection) -> None:
    """Record in this transaction, beside others who record, and never beside a relay."""
    connection.execute(f"SELECT pg_advisory_xact_lock_shared(%s), {_STOPPED}", [_FINISHING])


def begin_relay(connection: psycopg.Connection) -> bool:
    """Relay in this transaction, alone; says whether anybody is rendering. Forgets old touches where nobody is."""
    connection.execute(f"SELECT pg_advisory_xact_lock(%s), {_STOPPED}", [_FINISHING])
    alone = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [_RENDERING]).fetchone() == (True,)
    if alone:
        connection.execute("DELETE FROM touch")
    return not alone


def leave_touches(connection: psycopg.Connection, numbers: Collection[int]) -> None:
    """Tell those who are rendering what was touched, by numbers of tags."""
    connection.execute(
        "INSERT INTO touch (version, tag) SELECT v.n, t.tag FROM (SELECT nextval('page_version') AS n) v,"
        " (SELECT DISTINCT tag FROM unnest(%s::bigint[]) tag) t",
        [list(numbers)],
    )


def moment(connection: psycopg.Connection) -> int:
    """The last relay that this snapshot knows of; relays are numbered in the order in which they are committed."""
    row = connection.execute("SELECT coalesce(max(version), 0) FROM touch").fetchone()
    return int(row[0]) if row else 0


def read_too_early(connection: psycopg.Connection, since: int, keys: Sequence[str]) -> int:
    """Want those of the pages again that read what was touched after `since`; returns how many."""
    if connection.execute("SELECT EXISTS (SELECT FROM touch WHERE version > %s)", [since]).fetchone() != (True,):
        return 0
    return connection.execute(
        "UPDATE page SET wanted = nextval('page_version'), wanted_at = coalesce(wanted_at, now()) WHERE key = ANY (%s)"
        " AND EXISTS (SELECT FROM touch t WHERE t.version > %s AND t.tag = ANY (page.tags))",
        [list(keys), since],
    ).rowcount
