"""Rows for PostgreSQL's COPY: a row is a tuple of texts that are already escaped, so writing is only joining."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import psycopg

NULL = "\\N"
BLOCK = 2000
Row = tuple[str, ...]


def text(value: str | None) -> str:
    if value is None:
        return NULL
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if value.isprintable():
        return value
    return value.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def quoted(json_text: str) -> str:
    """A jsonb value that is written down already; JSON holds no character that COPY could stumble over but one."""
    return json_text.replace("\\", "\\\\")


def number(value: float | None) -> str:
    return NULL if value is None else repr(value)


def flag(value: bool) -> str:
    return "t" if value else "f"


def document(value: Any) -> str:
    """A jsonb value."""
    return NULL if value is None else text(json.dumps(value, ensure_ascii=False))


def texts(values: list[str]) -> str:
    """A text[] value."""
    if not values:
        return "{}"
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return text("{" + ",".join(quoted) + "}")


def copy_rows(connection: psycopg.Connection, table: str, columns: str, rows: Iterable[Row]) -> int:
    """Append rows to a table in large blocks; returns how many the server took."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for block in _blocks(rows):
                copy.write(block)
        return cursor.rowcount


def _blocks(rows: Iterable[Row]) -> Iterator[bytes]:
    rest = iter(rows)
    while lines := ["\t".join(row) for row in islice(rest, BLOCK)]:
        lines.append("")
        yield "\n".join(lines).encode()
