"""Epochs: versions are numbered on from a higher place after a restore, for the sequence went back with the data."""

from __future__ import annotations

import psycopg

BITS = 40
"""An epoch is a version's high bits: a million versions a second would take twelve days to fill one."""


def begin(connection: psycopg.Connection, highest: int) -> int:
    """Number on beyond `highest` and beyond every version given so far; returns the first version of the epoch."""
    row = connection.execute("SELECT last_value FROM page_version").fetchone()
    last = max(int(row[0]) if row else 0, highest)
    first = ((last >> BITS) + 1) << BITS
    connection.execute("SELECT setval('page_version', %s)", [first])
    connection.execute("DELETE FROM touch")
    return first
