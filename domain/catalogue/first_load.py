"""The first load of an empty catalogue: foreign keys are checked by one join each instead of once per row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from domain.catalogue.tables import (
    ANIME_GENRE,
    ANIME_STUDIO,
    EPISODE,
    FEED_RECORD,
    OFFER,
    RELATION,
)

LOADED = tuple(table.name for table in (ANIME_STUDIO, ANIME_GENRE, EPISODE, OFFER, RELATION, FEED_RECORD))


@contextmanager
def keys_checked_at_once(connection: psycopg.Connection, first: bool) -> Iterator[None]:
    """Take the foreign keys off the loaded tables meanwhile; adding them again checks every row.

    Only for the first load (nobody reads an empty catalogue, so the locks hurt nobody) and by the tables' owner.
    It all happens in the import's transaction: a failure leaves the keys as they were.
    """
    keys = _keys(connection) if first else []
    for table, name, _ in keys:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _keys(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    question = """SELECT quote_ident(c.relname), quote_ident(k.conname), pg_get_constraintdef(k.oid)
                  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                  WHERE k.contype = 'f' AND c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace
                    AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1, 2"""
    return connection.execute(question, (list(LOADED),)).fetchall()
