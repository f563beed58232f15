"""Anime seasons: quarters of the year, named by when broadcasting starts."""

from __future__ import annotations

from datetime import date

import psycopg

ORDER = ("winter", "spring", "summer", "fall")


def season_of(day: date) -> str:
    """The season that a day falls in: 2026-11-22 → `fall-2026`."""
    return f"{ORDER[(day.month - 1) // 3]}-{day.year}"


def first_day_after(name: str) -> date:
    """The day on which the next season begins."""
    part, _, year = name.partition("-")
    quarter = ORDER.index(part) + 1
    return date(int(year) + quarter // 4, quarter % 4 * 3 + 1, 1)


def neighbour(name: str, step: int) -> str:
    """The season `step` quarters away: `neighbour("fall-2026", 1)` → `winter-2027`."""
    part, _, year = name.partition("-")
    years, quarter = divmod(ORDER.index(part) + step, 4)
    return f"{ORDER[quarter]}-{int(year) + years}"


def forget_empty_after(connection: psycopg.Connection, name: str) -> None:
    """Take back the pages of seasons after this one in which nothing starts."""
    part, _, year = name.partition("-")
    connection.execute(
        "DELETE FROM season s WHERE (s.year, array_position(%(order)s::text[], s.season))"
        " > (%(year)s, array_position(%(order)s::text[], %(part)s))"
        " AND NOT EXISTS (SELECT FROM anime a WHERE a.season = s.season AND a.season_year = s.year)",
        {"order": list(ORDER), "year": int(year), "part": part},
    )


def complete(connection: psycopg.Connection) -> int:
    """Let every season have its page in which something starts; returns how many had none."""
    return connection.execute(
        "INSERT INTO season (name, season, year) SELECT DISTINCT season || '-' || season_year, season, season_year"
        " FROM anime WHERE season IS NOT NULL ON CONFLICT DO NOTHING"
    ).rowcount


def ensure(connection: psycopg.Connection, name: str) -> bool:
    """Let a season have its page although nothing starts in it; says whether that was new."""
    part, _, year = name.partition("-")
    inserted = connection.execute(
        "INSERT INTO season (name, season, year) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", [name, part, int(year)]
    )
    return inserted.rowcount == 1
