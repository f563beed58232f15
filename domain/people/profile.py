"""The profile: what there is to be seen of somebody, never anything of a private entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from domain.library.rows import STATUSES
from domain.library.shelf import CARD, Card
from domain.people.others import Person
from domain.people.sight import ENTRY, FOUND, REVIEW
from domain.reviews.verbs import COLUMNS, Review

SHOWN = 8
"""Favourites, and titles that are being watched."""
REVIEWS = 5
DAYS = 371
"""Of activity: 53 weeks."""
Titles = list[tuple[UUID, Card]]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one sees of somebody who lets them.

    `counts` by status; `histogram` is how many scores there are of each point, from 1 to 10; `mean` of a hundred, None
    without scores; `activity` is day → viewings. `following` and `followers` count those whom the viewer may know of.
    """

    counts: dict[str, int]
    histogram: list[int]
    mean: float | None
    episodes: int
    following: int
    followers: int
    activity: dict[date, int]
    favourites: Titles
    watching: Titles
    reviews: list[tuple[Review, Card]]


_FIGURES = f"""
SELECT (SELECT coalesce(json_object_agg(status, n), '{{}}') FROM (
        SELECT e.status, count(*) AS n FROM entry e WHERE e.user_id = %(person)s AND {ENTRY} GROUP BY e.status) c),
    ARRAY(SELECT count(e.score) FROM generate_series(1, 10) point LEFT JOIN entry e ON e.user_id = %(person)s
        AND {ENTRY} AND greatest(1, ceil(e.score / 10.0)) = point GROUP BY point ORDER BY point),
    (SELECT avg(e.score)::float FROM entry e WHERE e.user_id = %(person)s AND {ENTRY}),
    (SELECT count(*) FROM watch w JOIN entry e ON e.user_id = w.user_id AND e.anime_id = w.anime_id
        WHERE w.user_id = %(person)s AND w.kind = 'regular' AND {ENTRY}),
    (SELECT count(*) FROM follow f JOIN account a ON a.id = f.followed_id
        WHERE f.user_id = %(person)s AND f.accepted_at IS NOT NULL AND {FOUND}),
    (SELECT count(*) FROM follow f JOIN account a ON a.id = f.user_id
        WHERE f.followed_id = %(person)s AND f.accepted_at IS NOT NULL AND {FOUND})
"""
_ACTIVITY = f"""
SELECT w.watched_on, count(*) FROM watch w JOIN entry e ON e.user_id = w.user_id AND e.anime_id = w.anime_id
WHERE w.user_id = %(person)s AND w.precision IN ('time', 'day') AND w.watched_on > %(from)s AND {ENTRY}
GROUP BY w.watched_on ORDER BY w.watched_on
"""
_TITLES = f"""
(SELECT 'favourites', a.id, {CARD} FROM entry e JOIN anime a ON a.id = e.anime_id
    WHERE e.user_id = %(person)s AND e.favourite AND NOT a.adult AND {ENTRY}
    ORDER BY e.score DESC NULLS LAST, a.slug LIMIT {SHOWN})
UNION ALL
(SELECT 'watching', a.id, {CARD} FROM entry e JOIN anime a ON a.id = e.anime_id
    WHERE e.user_id = %(person)s AND e.status IN ('watching', 'rewatching') AND NOT a.adult AND {ENTRY}
    ORDER BY e.updated_at DESC, a.slug LIMIT {SHOWN})
"""
_REVIEWS = f"""
SELECT {COLUMNS} FROM review r JOIN account a ON a.id = r.user_id JOIN anime t ON t.id = r.anime_id AND NOT t.adult
WHERE r.user_id = %(person)s AND {REVIEW} ORDER BY r.published_at DESC, r.id DESC LIMIT {REVIEWS}
"""


def profile(connection: psycopg.Connection, person: Person, viewer: int | None, at: datetime) -> Profile | None:
    """What there is to be seen, in five statements; None where the viewer may not see it."""
    if not person.seen:
        return None
    asked: dict[str, object] = {"person": person.id, "viewer": viewer, "from": at.date() - timedelta(days=DAYS)}
    row = connection.execute(_FIGURES, asked).fetchone()
    assert row is not None
    counts, histogram, mean, episodes, following, followers = row
    titles = connection.execute(_TITLES, asked).fetchall()
    return Profile(
        counts=dict.fromkeys(STATUSES, 0) | counts,
        histogram=list(histogram),
        mean=mean,
        episodes=episodes,
        following=following,
        followers=followers,
        activity=dict(connection.execute(_ACTIVITY, asked).fetchall()),
        favourites=[(id, Card(*card)) for kind, id, *card in titles if kind == "favourites"],
        watching=[(id, Card(*card)) for kind, id, *card in titles if kind == "watching"],
        reviews=_reviews(connection, asked),
    )


def _reviews(connection: psycopg.Connection, asked: dict[str, object]) -> list[tuple[Review, Card]]:
    with connection.cursor(row_factory=class_row(Review)) as cursor:
        found = cursor.execute(_REVIEWS, asked).fetchall()
    if not found:
        return []
    rows = connection.execute(
        f"SELECT a.id, {CARD} FROM anime a WHERE a.id = ANY (%s)", [[review.anime_id for review in found]]
    )
    cards = {id: Card(*card) for id, *card in rows}
    return [(review, cards[review.anime_id]) for review in found]
