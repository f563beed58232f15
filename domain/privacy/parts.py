"""What somebody's download holds: of each table that is about them all that is no secret, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from domain.people.sight import FOUND
from domain.privacy.classes import Table
from domain.privacy.held import PEOPLE

FORMAT = 1
"""Raised when a download of before would not be valid by the schema of today."""
AT_ONCE = 1_000
"""Rows that are in memory."""
ANIME: Mapping[str, LiteralString] = {
    "title": "coalesce(a.title_english, a.title_romaji)",
    "page": "'/anime/' || a.slug",
}
"""What is said beside the number of an anime."""
BESIDE: Mapping[str, Mapping[str, LiteralString]] = {"entry": {"external_ids": "a.external_ids"}}
"""Table → what else is said, so that a list can be taken elsewhere."""
KNOWN: Mapping[str, LiteralString] = {"block": "true"}
"""Table → whose handles are told: of a block, to whoever blocked; otherwise as everywhere, by `FOUND`."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these begins what a spreadsheet would carry out."""


@dataclass(frozen=True)
class Part:
    """The rows of one table: `columns` → what each is in SQL over the row `t` and its anime `a`."""

    name: str
    columns: Mapping[str, str]
    whose: tuple[str, ...]

    @property
    def is_one(self) -> bool:
        """Whether there is exactly one such row."""
        return self.name == "account"

    def statement(self) -> sql.Composed:
        """All rows of `%(user)s`."""
        shown = [sql.SQL("{} AS {}").format(sql.SQL(said), sql.Identifier(name)) for name, said in self.columns.items()]
        theirs = [sql.SQL("t.{} = %(user)s").format(sql.Identifier(column)) for column in self.whose]
        anime = sql.SQL("LEFT JOIN anime a ON a.id = t.anime_id" if "anime_id" in self.columns else "")
        return sql.SQL("SELECT {} FROM {} t {} WHERE {}").format(
            sql.SQL(", ").join(shown), sql.Identifier(self.name), anime, sql.SQL(" OR ").join(theirs)
        )


def parts(held: Mapping[str, Table] = PEOPLE) -> list[Part]:
    """One for each table that says something of people, the account first."""
    found = [_part(name, table) for name, table in held.items() if table.exported]
    return sorted(found, key=lambda part: not part.is_one)


def _part(name: str, table: Table) -> Part:
    columns = {column: f't."{column}"' for column in table.exported}
    if "anime_id" in columns:
        columns |= {**ANIME, **BESIDE.get(name, {})}
    if len(table.names) > 1:  # who follows whom, by handles
        known = KNOWN.get(name, FOUND)
        columns |= {
            column.removesuffix("_id"): f'(SELECT a.handle FROM account a WHERE a.id = t."{column}"'
            f" AND (a.id = %(viewer)s::bigint OR {known}))"
            for column in table.names
        }
    return Part(name, columns, tuple(column for column, said in table.names.items() if said.theirs))


def files(
    connection: psycopg.Connection, user_id: int, about: Mapping[str, str], held: Mapping[str, Table] = PEOPLE
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """(name, pieces) of each file: `autotrack.json`, and a table of each kind in `csv/`; read one after the other.

    Needs a transaction, in which all of it is of one moment. `about` stands in front of the JSON.
    """
    yield "autotrack.json", _as_json(connection, user_id, about, parts(held))
    for part in parts(held):
        yield f"csv/{part.name}.csv", _as_csv(part, _rows(connection, part, user_id))


def _rows(connection: psycopg.Connection, part: Part, user_id: int) -> Iterator[list[dict[str, Any]]]:
    """Some rows at a time."""
    with connection.cursor(name=f"part_{part.name}", row_factory=dict_row) as cursor:
        cursor.execute(part.statement(), {"user": user_id, "viewer": user_id})
        while some := cursor.fetchmany(AT_ONCE):
            yield some


def _as_json(
    connection: psycopg.Connection, user_id: int, about: Mapping[str, str], kinds: Iterable[Part]
) -> Iterator[bytes]:
    yield orjson.dumps({"format": FORMAT, **about})[:-1]
    for part in kinds:
        yield f',\n"{part.name}":'.encode()
        rows = (b",\n".join(map(orjson.dumps, some)) for some in _rows(connection, part, user_id))
        yield b"" if part.is_one else b"["
        for number, some in enumerate(rows):
            yield b",\n" + some if number else some
        yield b"" if part.is_one else b"]"
    yield b"}\n"


def _as_csv(part: Part, rows: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    yield _lines([list(part.columns)])
    for some in rows:
        yield _lines([map(_cell, row.values()) for row in some])


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """As text that no spreadsheet carries out: before what looks like a formula stands an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, (bool, list, dict)):
        return orjson.dumps(value).decode()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (int, float, UUID)):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
