"""The brake: where so many live pages go or shrink that it is more likely a mistake, nothing more is published.

Whatever was decided stays dirty in the manifest. Nobody can lease a page while the brake is on (`lease.take`), so it
holds for every worker of every machine at once, until a person says that the loss is meant.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from domain import manifest, state

TOO_MANY, TOO_FEW = 0.2, 20
"""More than this share of the live pages is not given up unasked; below TOO_FEW pages nobody is alarmed."""
SHRUNK = 0.5
"""A page of which less than this share is left counts as lost."""
WINDOW = "1 hour"
"""Losses are counted over so long, by whatever builds and edits."""
_STATE = "brake"


def engaged(connection: psycopg.Connection) -> str | None:
    """Why the brake is on, in one line; None if it is not."""
    return state.recall(connection, _STATE)


def stops(connection: psycopg.Connection, lost: Sequence[str]) -> bool:
    """Whether these pages, about to be lost, are too many with those of the last hour; puts the brake on if so."""
    if not lost:
        return False
    connection.execute(
        "INSERT INTO loss (key) SELECT key FROM unnest(%s::text[]) key ORDER BY key"
        " ON CONFLICT (key) DO UPDATE SET at = excluded.at",
        [list(lost)],
    )
    connection.execute(f"DELETE FROM loss WHERE at < now() - interval '{WINDOW}'")
    row = connection.execute("SELECT count(*) FROM loss").fetchone()
    many = int(row[0]) if row else 0
    if many <= TOO_FEW or many <= (live := manifest.live_count(connection)) * TOO_MANY:
        return False
    state.remember(
        connection,
        _STATE,
        f"nothing is published any more: within an hour {many:,} of {live:,} live pages would go or lose more than half"
        f" of their size, such as {lost[0]}; if that is right: autotrack site build --yes",
    )
    return True


def release(connection: psycopg.Connection) -> None:
    """A person says that what is to be built now may go and shrink."""
    connection.execute("DELETE FROM site_state WHERE name = %s", [_STATE])
    connection.execute("DELETE FROM loss")
    connection.execute("UPDATE page SET size = NULL WHERE built < wanted AND size IS NOT NULL")
