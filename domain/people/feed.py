"""The feed: what those one follows have watched and written, one line for each of them, title and evening.

An evening ends at five in the morning, by the clock of whoever reads. Shown is what still stands: of changes, those
that were not undone, of entries that are not private now, with the viewings that are still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg

from domain.library.shelf import CARD, Card
from domain.people.sight import ENTRY, PERSON, REVIEW

EVENINGS = 14
"""On one page."""
MOST = 200
"""Lines on one page, and changes of one fan that are looked at."""
NEWS = ("track", "edit", "bulk", "watch", "plus_one", "watch_up_to", "rewatch")
"""Verbs of the library that others hear of; imports, recounts and corrections of dates are none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One evening of somebody with an anime.

    `status` is empty where that was not said or reached then, or has changed since; `score` is of a hundred, `review`
    the number of one, each None where it was not said that evening. `episodes` are regular ones, in order.
    """

    handle: str
    name: str
    avatar: str | None
    anime_id: UUID
    card: Card
    evening: date
    at: datetime
    added: bool
    status: str
    score: int | None
    episodes: tuple[int, ...]
    review: int | None


_FOLLOWED = f"""
SELECT a.id, a.handle, coalesce(nullif(a.display_name, ''), a.handle) AS name, a.avatar
FROM follow f JOIN account a ON a.id = f.followed_id
WHERE f.user_id = %(viewer)s AND f.accepted_at IS NOT NULL AND {PERSON}
    AND NOT EXISTS (SELECT FROM mute m WHERE m.user_id = %(viewer)s AND m.muted_id = a.id)
"""
_EVENING = "(({at} AT TIME ZONE %(zone)s) - interval '5 hours')::date"
_FEED = f"""
WITH followed AS MATERIALIZED ({_FOLLOWED}), change AS MATERIALIZED (
    SELECT c.user_id, c.anime_id, c.at, {_EVENING.format(at="c.at")} AS evening, c.before, c.after, e.status, e.score
    FROM followed p CROSS JOIN LATERAL (
        SELECT * FROM library_change l
        WHERE l.user_id = p.id AND l.at > %(from)s::date - 1 AND l.at < %(before)s::date + 2
        ORDER BY l.at DESC LIMIT {MOST}) c
    JOIN entry e ON e.user_id = c.user_id AND e.anime_id = c.anime_id AND {ENTRY}
    WHERE c.undone_by IS NULL AND c.undoes IS NULL AND c.verb = ANY (%(news)s)
), done AS (
    SELECT user_id, anime_id, evening, max(at) AS at, bool_or(before -> 'entry' = 'null') AS added,
        bool_or(after -> 'entry' ->> 'status' = status) AS stands,
        bool_or((after -> 'entry' ->> 'score')::integer = score) AS scored, '{{}}'::integer[] AS episodes,
        NULL::bigint AS review
    FROM change WHERE evening < %(before)s AND evening >= %(from)s GROUP BY user_id, anime_id, evening
), watched AS (
    SELECT c.user_id, c.anime_id, c.evening, max(c.at), false, false, false,
        array_agg(DISTINCT w.number ORDER BY w.number), NULL::bigint
    FROM change c CROSS JOIN LATERAL jsonb_array_elements(c.after -> 'watches') said (play)
    JOIN watch w ON w.user_id = c.user_id AND w.anime_id = c.anime_id AND w.id = (said.play ->> 'id')::integer
    WHERE w.kind = 'regular' AND c.evening < %(before)s AND c.evening >= %(from)s
    GROUP BY c.user_id, c.anime_id, c.evening
), written AS (
    SELECT r.user_id, r.anime_id, {_EVENING.format(at="r.published_at")} AS evening, r.published_at AS at, false, false,
        false, '{{}}'::integer[], r.id
    FROM followed p JOIN review r ON r.user_id = p.id AND {REVIEW}
    WHERE {_EVENING.format(at="r.published_at")} < %(before)s AND {_EVENING.format(at="r.published_at")} >= %(from)s
), line AS (
    SELECT user_id, anime_id, evening, max(at) AS at, bool_or(added) AS added, bool_or(stands) AS stands,
        bool_or(scored) AS scored, max(episodes) AS episodes, max(review) AS review
    FROM (TABLE done UNION ALL TABLE watched UNION ALL TABLE written) every GROUP BY user_id, anime_id, evening
)
SELECT p.handle, p.name, p.avatar, n.evening, n.at, coalesce(n.added, false),
    CASE WHEN n.stands THEN e.status ELSE '' END,
    CASE WHEN n.scored THEN e.score END, n.episodes, n.review, a.id,
    {CARD}
FROM line n JOIN followed p ON p.id = n.user_id JOIN anime a ON a.id = n.anime_id AND NOT a.adult
LEFT JOIN entry e ON e.user_id = n.user_id AND e.anime_id = n.anime_id AND {ENTRY}
WHERE n.added OR n.stands OR n.scored OR n.episodes <> '{{}}' OR n.review IS NOT NULL
ORDER BY n.evening DESC, n.at DESC, n.user_id, n.anime_id LIMIT {MOST} + 1
"""


def feed(
    connection: psycopg.Connection, viewer: int, at: datetime, zone: str = "UTC", before: date | None = None
) -> list[Line]:
    """The lines of a fortnight, newest first, in one statement; `before` is the first evening that is too late."""
    last = before or (at + timedelta(days=2)).date()
    rows = connection.execute(
        _FEED,
        {"viewer": viewer, "zone": zone, "news": list(NEWS), "before": last,
         "from": last - timedelta(days=EVENINGS + (0 if before else 2))},
    ).fetchall()  # fmt: skip
    return _whole([_line(row) for row in rows])


def _whole(lines: list[Line]) -> list[Line]:
    """Without an evening that there is no room for, which begins the next page; one alone is cut."""
    if len(lines) <= MOST:
        return lines
    return [line for line in lines if line.evening > lines[-1].evening] or lines[:MOST]


def _line(row: tuple[object, ...]) -> Line:
    handle, name, avatar, evening, at, added, status, score, episodes, review, anime_id, *card = row
    return Line(
        handle, name, avatar, anime_id, Card(*card), evening, at, added, status, score,  # type: ignore[arg-type]
        tuple(episodes), review,  # type: ignore[arg-type]
    )  # fmt: skip
