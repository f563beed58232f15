"""Rows for tests, by SQL: plain functions that fill in what a test does not care about."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

_numbers = itertools.count(1)


def make_anime(connection: psycopg.Connection, slug: str = "", **overrides: Any) -> UUID:
    """An anime with a title, a year and a season; its id tells in which order it was made."""
    number = next(_numbers)
    slug = slug or f"title-{number}"
    columns = {
        "id": UUID(int=number), "slug": slug, "title_romaji": slug.replace("-", " ").title(), "format": "tv",
        "status": "finished", "season": "spring", "season_year": 2020, "popularity": 1000, "feed_score": 7.2,
    } | overrides  # fmt: skip
    insert(connection, "anime", columns)
    return UUID(str(columns["id"]))


def make_studio(connection: psycopg.Connection, name: str, *anime: UUID, **overrides: Any) -> int:
    slug = name.lower().replace(" ", "-")
    id = make(connection, "studio", {"slug": slug, "name": name, "identity": slug} | overrides)
    for member in anime:
        link_studio(connection, member, id)
    return id


def link_studio(connection: psycopg.Connection, anime: UUID, studio: int) -> None:
    insert(connection, "anime_studio", {"anime_id": anime, "studio_id": studio, "credited_as": "as credited"})


def make_genre(connection: psycopg.Connection, name: str, *anime: UUID, **overrides: Any) -> int:
    id = make(connection, "genre", {"slug": name.lower().replace(" ", "-"), "name": name, "kind": "genre"} | overrides)
    for member in anime:
        insert(connection, "anime_genre", {"anime_id": member, "genre_id": id})
    return id


def make_platform(connection: psycopg.Connection, name: str, **overrides: Any) -> int:
    return make(connection, "platform", {"slug": name.lower().replace(" ", "-"), "name": name} | overrides)


def make_offer(connection: psycopg.Connection, anime: UUID, platform: int, **overrides: Any) -> None:
    columns = {
        "anime_id": anime, "platform_id": platform, "region": "US", "kind": "subscription",
        "url": f"https://watch.test/{anime}", "last_checked": date(2026, 11, 1), "checked_precision": "day",
    } | overrides  # fmt: skip
    insert(connection, "offer", columns)


def make_episodes(connection: psycopg.Connection, anime: UUID, *numbers: int, **overrides: Any) -> None:
    """Regular episodes that aired on the day of the month that their number gives, in January 2020."""
    for number in numbers:
        aired = datetime(2020, 1, 1 + number % 28, 15, 0, tzinfo=UTC)
        columns = {
            "anime_id": anime, "kind": "regular", "number": number, "title_english": f"Episode {number}",
            "airs_at": aired, "airs_precision": "minute",
        } | overrides  # fmt: skip
        insert(connection, "episode", columns)


def make_relation(connection: psycopg.Connection, anime: UUID, related: UUID, kind: str = "sequel") -> None:
    insert(connection, "relation", {"anime_id": anime, "related_id": related, "kind": kind})


def make_review(connection: psycopg.Connection, user: int | None, anime: UUID, **overrides: Any) -> int:
    """A review that everybody sees."""
    at = datetime(2026, 11, 20, 20, next(_numbers) % 60, tzinfo=UTC)
    columns = {
        "user_id": user, "anime_id": anime, "body": "Space.", "state": "shown", "created_at": at, "updated_at": at,
        "published_at": at,
    } | overrides  # fmt: skip
    return make(connection, "review", columns)


def make_noise(connection: psycopg.Connection) -> list[UUID]:
    """Rows that no test names: a few of everything, adult and undated ones, a closed platform, an ended offer."""
    made = [
        make_anime(connection, f"noise-{number}", season="winter", season_year=2001 + number, popularity=3 * number)
        for number in range(3)
    ]
    made.append(make_anime(connection, "noise-undated", season=None, season_year=None, format="unknown"))
    made.append(make_anime(connection, "noise-adult", adult=True, popularity=900_000))
    make_studio(connection, "Noise Studio", *made)
    make_studio(connection, "Noise of Nobody")
    make_genre(connection, "Noise", *made)
    make_genre(connection, "Noise Theme", *made[:2], kind="theme")
    closed = make_platform(connection, "Noise Closed", closed_on=date(2020, 1, 1))
    live = make_platform(connection, "Noise Live")
    make_offer(connection, made[0], closed)
    make_offer(connection, made[1], live, ended_on=date(2025, 1, 1))
    make_offer(connection, made[4], live)
    make_episodes(connection, made[0], 1, 2, 3)
    make_relation(connection, made[0], made[4])
    return made


def edit(connection: psycopg.Connection, anime: UUID, **columns: Any) -> None:
    """Change an anime as an editor would."""
    update(connection, "anime", {"id": anime}, columns)


def update(connection: psycopg.Connection, table: str, where: dict[str, Any], columns: dict[str, Any]) -> None:
    """Set columns of the rows that have these values."""
    sets = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in columns)
    tests = sql.SQL(" AND ").join(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in where)
    statement = sql.SQL("UPDATE {} SET {} WHERE {}").format(sql.Identifier(table), sets, tests)
    connection.execute(statement, [*map(_adapted, columns.values()), *where.values()])


def insert(connection: psycopg.Connection, table: str, columns: dict[str, Any]) -> None:
    connection.execute(_insert(table, columns), [_adapted(value) for value in columns.values()])


def make(connection: psycopg.Connection, table: str, columns: dict[str, Any]) -> int:
    """Insert, and return the number that the row was given."""
    statement = _insert(table, columns) + sql.SQL(" RETURNING id")
    row = connection.execute(statement, [_adapted(value) for value in columns.values()]).fetchone()
    assert row is not None
    return int(row[0])


def _insert(table: str, columns: dict[str, Any]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    holes = sql.SQL(", ").join(sql.Placeholder() * len(columns))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, holes)


def _adapted(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value
