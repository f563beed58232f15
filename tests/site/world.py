"""A small catalogue in which everything is connected: what random edits begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import psycopg

from domain.anime import FORMATS, STATUSES
from tests.factories import make_anime, make_episodes, make_genre, make_offer, make_platform, make_relation, make_studio

SEASONS = (
    ("winter", 2020), ("spring", 2020), ("fall", 2026), ("winter", 2027), ("spring", 2027), (None, 2020), (None, None),
)  # fmt: skip
DAYS = [date(2026, 11, 22) + timedelta(days=days) for days in (-40, -1, 0, 1, 2, 9, 45, 100, 200)]
POPULARITIES = (0, 40, 1000, 1001, 250_000)


def make_world(connection: psycopg.Connection) -> None:
    """A small catalogue in which everything is connected, more titles than the home page's list of the best holds."""
    rng = Random(7)
    ids = [
        make_anime(
            connection,
            f"{'abc'[number % 3]}{'-o'[number % 2]}{number}",
            format=FORMATS[number % 5],
            adult=number % 9 == 8,
            status=STATUSES[number % 3],
            season=SEASONS[number % 7][0],
            season_year=SEASONS[number % 7][1],
            popularity=POPULARITIES[number % 5],
            feed_score=5 + number % 4,
            synopsis="Once." if number % 2 else None,
            synopsis_source="here" if number % 2 else None,
            broadcast_weekday=number % 7 + 1 if number % 3 else None,
        )
        for number in range(30)
    ]
    platforms = []
    for number in range(4):
        make_studio(connection, f"Studio {number}", *rng.sample(ids, 6 if number < 2 else 1))
        make_genre(connection, f"Genre {number}", *rng.sample(ids, 4 + 7 * number), kind=("genre", "theme")[number % 2])
        closed = DAYS[5] if number == 3 else None
        platforms.append(make_platform(connection, f"Platform {number}", closed_on=closed))
    for platform in platforms:
        for anime in rng.sample(ids, 5):
            make_offer(connection, anime, platform, ended_on=rng.choice([None, None, *DAYS]))
    for one, other in zip(ids[:6], ids[6:12], strict=True):
        make_relation(connection, one, other)
    connection.execute('UPDATE anime SET primary_id = %s, edition = \'{"kind": "compilation"}\' WHERE id = %s', ids[:2])
    make_episodes(connection, ids[0], *range(1, 51))
    make_episodes(connection, ids[1], *range(95, 160))
    make_episodes(connection, ids[2], 1, 2, airs_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
