"""What the rules ask of the database: which pages say too little to be found, and which words are no leaks."""

from __future__ import annotations

from datetime import date

import psycopg

ENOUGH = 3
"""Titles that make a list worth finding."""
_LIVE = (
    "SELECT FROM offer o JOIN platform p ON p.id = o.platform_id WHERE o.anime_id = a.id"
    " AND coalesce(least(o.ended_on, p.closed_on) > %(day)s, true)"
)
_LISTS = (
    "SELECT '/{0}/' || s.slug FROM {0} s JOIN anime_{0} l ON l.{0}_id = s.id JOIN anime a ON a.id = l.anime_id"
    " WHERE NOT a.adult GROUP BY s.id HAVING count(*) < %(enough)s"
)
_BARE = (
    "SELECT '/anime/' || a.slug FROM anime a WHERE NOT a.adult AND a.synopsis IS NULL"
    " AND NOT EXISTS (SELECT FROM episode e WHERE e.anime_id = a.id AND e.kind IN ('regular', 'special'))"
    " AND NOT EXISTS (SELECT FROM anime_studio l WHERE l.anime_id = a.id)"
    f" AND NOT EXISTS ({_LIVE})"
)
_UNDATED = (
    "SELECT '/where-to-watch/' || a.slug FROM anime a WHERE NOT a.adult"
    f" AND NOT EXISTS ({_LIVE} AND o.last_checked IS NOT NULL)"
)
THIN = {
    "lists": f"{_LISTS.format('studio')} UNION ALL {_LISTS.format('genre')}",
    "anime": _BARE,
    "offers": _UNDATED,
}


def thin_pages(connection: psycopg.Connection, day: date) -> dict[str, frozenset[str]]:
    """Paths, some of pages that do not exist: short lists, anime with nothing to tell, offers that nobody checked."""
    given = {"day": day, "enough": ENOUGH}
    return {name: frozenset(path for (path,) in connection.execute(sql, given)) for name, sql in THIN.items()}


_TEXTS = ("anime", "episode", "studio", "genre", "offer")
_LIKE_LEAKS = " UNION ALL ".join(f"SELECT t::text FROM {table} t WHERE t::text ~ %(leak)s" for table in _TEXTS)


def texts_like_leaks(connection: psycopg.Connection) -> str:
    """The rows that hold `None` or `null` as a word of their own: an episode may be called None Shall Sleep."""
    rows = connection.execute(_LIKE_LEAKS, {"leak": r"\m(None|null|undefined|NaN)\M"})
    return "\n".join(text for (text,) in rows)
