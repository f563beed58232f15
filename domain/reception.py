"""Reception: what our own fans make of each anime, as pages show it; derived, so that pages follow figures only.

A score is drawn towards the mean of all votes, the more the fewer votes there are, and shown from MINIMUM votes on.
Counts above a hundred are told to two digits, downwards: one fan more is no news. Who has a private profile or a
private entry, or has not proved an address, is not among them.
"""

from __future__ import annotations

import psycopg

from domain.people.sight import COUNTED

MINIMUM = 10
"""Votes, and fans, below which there is nothing to be shown."""
WEIGHT = 10
"""As many votes for the mean of all are added to those of each anime."""
START = 70
"""The mean of all, of a hundred, until there are votes."""
STEP = 5
"""The mean of all is taken to the nearest of these, so that one vote does not move the figures of every anime."""

_FIGURES = f"""
WITH counted AS MATERIALIZED (
    SELECT e.anime_id, count(*) AS fans, count(e.score) AS votes, coalesce(sum(e.score), 0) AS total
    FROM entry e JOIN account a ON a.id = e.user_id WHERE {COUNTED} GROUP BY e.anime_id
), prior AS (
    SELECT coalesce(round(sum(total) / nullif(sum(votes), 0) / {STEP}) * {STEP}, {START}) AS mean FROM counted
)
SELECT anime_id,
    CASE WHEN votes >= {MINIMUM} THEN greatest(round((total + {WEIGHT} * mean) / (votes + {WEIGHT})), 10) END AS score,
    CASE WHEN votes >= {MINIMUM} THEN {{told_votes}} END AS votes, {{told_fans}} AS fans
FROM counted, prior WHERE fans >= {MINIMUM}
"""


def _told(count: str) -> str:
    """A count as it is shown, in SQL: to two digits, downwards."""
    return f"({count} - {count} % power(10, greatest(floor(log({count})) - 1, 0))::bigint)"


FIGURES = _FIGURES.format(told_votes=_told("votes"), told_fans=_told("fans"))
"""Every anime of which there is something to be shown: its id, score in tenths of a point, votes and fans."""
_MERGE = (
    "DELETE FROM reception r WHERE NOT EXISTS (SELECT FROM figures f WHERE f.anime_id = r.anime_id)",
    "INSERT INTO reception AS r SELECT anime_id, score, votes, fans FROM figures ORDER BY anime_id"
    " ON CONFLICT (anime_id) DO UPDATE SET score = excluded.score, votes = excluded.votes, fans = excluded.fans"
    " WHERE (r.score, r.votes, r.fans) IS DISTINCT FROM (excluded.score, excluded.votes, excluded.fans)",
)


def refresh(connection: psycopg.Connection) -> int:
    """Bring the table to what the libraries say now; writes only the rows that differ and returns how many."""
    with connection.transaction():
        connection.execute("DROP TABLE IF EXISTS pg_temp.figures")
        connection.execute(f"CREATE TEMP TABLE figures ON COMMIT DROP AS {FIGURES}")
        return sum(connection.execute(statement).rowcount for statement in _MERGE)
