"""Reading what fans make of an anime: the reviews that everybody may see, and figures of all libraries."""

from __future__ import annotations

from typing import Any

from domain.people.sight import EVERYBODY, REVIEW
from sitegen.reads.anime import AnimeReads
from sitegen.reads.batch import Row

SHOWN = 5
"""Reviews on a page, the newest ones."""

_REVIEWS = f"""
SELECT w.id::text AS anime_id, r.* FROM unnest(%s::uuid[]) w (id), LATERAL (
    SELECT r.id, coalesce(a.handle, '') AS handle, r.body, r.spoiler, r.reached, r.published_at,
        (r.published_at AT TIME ZONE 'UTC')::date AS day, count(*) OVER () AS many
    FROM review r LEFT JOIN account a ON a.id = r.user_id
    WHERE r.anime_id = w.id AND {REVIEW} AND (r.user_id IS NULL OR {EVERYBODY})
    ORDER BY r.published_at DESC, r.id DESC LIMIT {SHOWN}) r
ORDER BY w.id, r.published_at DESC, r.id DESC
"""


class ReviewReads(AnimeReads):
    """Verbs about what fans make of the anime that the batch is about."""

    def reviews_of(self, id: str) -> list[Row]:
        """The newest reviews that everybody may see: id, handle, body, spoiler, reached, day, how many there are."""
        self.note(f"anime:{id}.reviews")
        return self.once("reviews", self._reviews).get(id, [])

    def _reviews(self) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = {}
        for row in self.dicts(_REVIEWS, self.ids):
            groups.setdefault(row["anime_id"], []).append(row)
        return groups

    def reception_of(self, id: str) -> tuple[Any, ...]:
        """(score in tenths, votes, fans), each None where it is not to be shown."""
        self.note(f"anime:{id}.reception")
        rows = self.once(
            "reception",
            lambda: self.grouped(
                "SELECT anime_id::text, score, votes, fans FROM reception WHERE anime_id = ANY (%s::uuid[])",
                self.ids,
            ),
        )
        return rows[id][0] if id in rows else (None, None, None)
