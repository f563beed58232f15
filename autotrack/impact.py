"""What `autotrack site impact` says: the edit that was asked about, and the pages that it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

import click
import psycopg
from psycopg import sql

from domain import manifest
from domain.changes import TRACKED
from domain.errors import NotFound
from jobs.impact import Edit, Impact, impact, impact_of_tags, statement
from jobs.world import World
from ports.settings import Settings

TABLES = {table.table: table for table in TRACKED if table.table in ("anime", "studio", "genre", "platform")}
"""Those whose rows have a name by which an editor knows them."""


def foresee(settings: Settings, table: str, row: str, values: Sequence[str], every: bool) -> list[str]:
    """Lines about an edit of one row. Raises click.BadParameter, NotFound, Invalid and Conflict."""
    return _foreseen(settings, _edit(table, row, dict(_parsed(table, values))), every)


def _foreseen(settings: Settings, edit: Edit, every: bool) -> list[str]:
    with closing(World(settings)) as world:
        found = impact(world.renderer(), edit)
        return list(_lines(found, every, manifest.paths_of(world.connection, found.pages)))


def foresee_statement(settings: Settings, text: str, every: bool) -> list[str]:
    """Lines about an edit that a statement of SQL would make. Raises Invalid and Conflict."""
    return _foreseen(settings, statement(text), every)


def reached(settings: Settings, tags: Sequence[str]) -> list[str]:
    """Lines about whatever touches these tags."""
    with closing(World(settings)) as world:
        keys = impact_of_tags(world.renderer(), tags)
    return [f"{len(keys):,} to be looked at", *(f"  {key}" for key in keys)]


def _parsed(table: str, values: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    if table not in TABLES:
        raise click.BadParameter(f"{table!r} is none of {', '.join(TABLES)}", param_hint="TABLE")
    known = (*TABLES[table].shown, *TABLES[table].hidden)
    for text in values:
        column, equals, value = text.partition("=")
        if not equals or column not in known:
            raise click.BadParameter(f"{text!r} is no COLUMN=VALUE; columns: {', '.join(known)}", param_hint="--set")
        yield column, value or None


def _edit(table: str, row: str, values: dict[str, str | None]) -> Edit:
    pairs = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in values)
    statement = sql.SQL("UPDATE {} SET {} WHERE slug = %s OR id::text = %s").format(sql.Identifier(table), pairs)

    def edit(connection: psycopg.Connection) -> None:
        if not connection.execute(statement, [*values.values(), row, row]).rowcount:
            raise NotFound(f"there is no {table} with the slug or id {row!r}")

    return edit


def _lines(found: Impact, every: bool, paths: Mapping[str, str]) -> Iterator[str]:
    told = {
        "to be written anew": found.written,
        "to be removed": found.removed,
        "reached, and perhaps to be written anew": found.unknown,
        "looked at and left as they are": found.same,
    }
    for what, keys in told.items():
        if keys:
            yield f"{len(keys):,} {what}"
            yield from (f"  {paths.get(key, 'new'):<48} {key}" for key in keys if every or keys is not found.same)
    if not found.pages:
        yield "No page shows that."
