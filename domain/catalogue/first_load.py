"""The first load of an empty catalogue: keys are checked by one join each, and nothing is logged that no page saw."""

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
from domain.changes import TRACKED
from domain.manifest import known_kinds

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


@contextmanager
def nothing_to_log(connection: psycopg.Connection, first: bool) -> Iterator[None]:
    """Keep the first rows out of the change log where no page was ever built: there is none that they could touch.

    The triggers are off for this transaction's own rows only: its locks keep every other writer waiting.
    """
    tables = _logged(connection) if first and not known_kinds(connection) else []
    for table in tables:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER log_insert")
    yield
    for table in tables:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER log_insert")


def _logged(connection: psycopg.Connection) -> list[str]:
    question = """SELECT quote_ident(c.relname) FROM pg_class c WHERE c.relname = ANY(%s)
                  AND c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1"""
    return [name for (name,) in connection.execute(question, ([table.table for table in TRACKED],))]


def _keys(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    question = """SELECT quote_ident(c.relname), quote_ident(k.conname), pg_get_constraintdef(k.oid)
                  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
                  WHERE k.contype = 'f' AND c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace
                    AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1, 2"""
    return connection.execute(question, (list(LOADED),)).fetchall()
