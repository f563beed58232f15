"""An import against PostgreSQL's COPY of the rows that it leaves, and against importing the same once more."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from functools import partial

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from bench import measure
from bench.figures import COPY, COPY_BARE
from bench.measure import Cost
from bench.work import Work

SHAPES = {COPY: "INCLUDING ALL", COPY_BARE: "INCLUDING DEFAULTS INCLUDING GENERATED"}
"""What a table of the same shape takes over. Neither has foreign keys or triggers: LIKE copies none."""
_FILLED = """
SELECT c.relname, c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.reltuples > 0 AND c.relname <> 'alembic_version' ORDER BY 1
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""

Dump = Mapping[str, bytes]


def copies(work: Work) -> dict[str, Cost]:
    """COPY of the database's rows, from memory, into tables of each shape beside them; one transaction each."""
    with closing(work.connect()) as connection:
        connection.execute("ANALYZE")
        tables = [name for name, _ in connection.execute(_FILLED)]
        dump = {name: _out(connection, name) for name in tables}
        costs = {}
        for shape, including in SHAPES.items():
            _make_tables(connection, tables, including)
            connection.execute("CHECKPOINT")
            costs[shape] = measure.call(partial(_in, connection, dump), work.servers)
        connection.execute("DROP SCHEMA copied CASCADE")
        return costs


def rows(work: Work) -> int:
    """Rows in all tables that an import fills."""
    with closing(work.connect()) as connection:
        connection.execute("ANALYZE")
        return sum(many for _, many in connection.execute(_FILLED))


def _out(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(table))) as copy:
        return b"".join(map(bytes, copy))


def _columns(connection: psycopg.Connection, table: str) -> Composed:
    """What COPY puts out and takes in: all but the generated columns."""
    names = connection.execute(_COLUMNS, [f"public.{table}"]).fetchall()
    return SQL(", ").join(Identifier(name) for (name,) in names)


def _make_tables(connection: psycopg.Connection, tables: list[str], including: str) -> None:
    connection.execute("DROP SCHEMA IF EXISTS copied CASCADE")
    connection.execute("CREATE SCHEMA copied")
    for table in tables:
        like = SQL("CREATE TABLE {} (LIKE {} {})")
        connection.execute(like.format(Identifier("copied", table), Identifier("public", table), SQL(including)))


def _in(connection: psycopg.Connection, dump: Dump) -> None:
    with connection.transaction():
        for table, lines in dump.items():
            order = SQL("COPY {} ({}) FROM STDIN").format(Identifier("copied", table), _columns(connection, table))
            with connection.cursor().copy(order) as copy:
                copy.write(lines)
