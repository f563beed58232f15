"""Reading what an anime belongs to: its relations, the chain of its prequels and sequels, and its editions."""

from __future__ import annotations

from typing import Any

from sitegen.reads.anime import AnimeReads
from sitegen.reads.batch import Row

_CHAIN = """
WITH RECURSIVE chain (root, id, kind, step) AS (
    SELECT anime_id, related_id, kind, 1 FROM relation
    WHERE anime_id = ANY (%s::uuid[]) AND kind IN ('prequel', 'sequel')
    UNION
    SELECT c.root, r.related_id, c.kind, c.step + 1 FROM chain c
    JOIN relation r ON r.anime_id = c.id AND r.kind = c.kind AND r.related_id <> c.root WHERE c.step < 12
)
SELECT root::text, id::text, kind, min(step) FROM chain GROUP BY root, id, kind ORDER BY root, min(step), kind, id
"""


class StoryReads(AnimeReads):
    """Verbs about the parts of a story."""

    def relations_of(self, id: str) -> list[tuple[str, Row]]:
        """(kind, card) of each related anime, oldest first."""
        self.note(f"anime:{id}.relations")
        rows = self.once("relations", self._relations).get(id, [])
        return [(kind, card) for related, kind in rows if (card := self.card(related))]

    def _relations(self) -> dict[str, list[tuple[Any, ...]]]:
        rows = self.grouped(
            "SELECT r.anime_id::text, r.related_id::text, r.kind FROM relation r JOIN anime a ON a.id = r.related_id"
            " WHERE r.anime_id = ANY (%s::uuid[]) ORDER BY a.season_year NULLS LAST, a.slug, r.kind",
            self.ids,
        )
        self.fetch_cards(related for group in rows.values() for related, _ in group)
        return rows

    def chain_of(self, id: str) -> list[tuple[str, int, Row]]:
        """(`prequel` or `sequel`, how many steps away, card) along prequels of prequels and sequels of sequels."""
        rows = self.once("chains", self._chains).get(id, [])
        self.note(f"anime:{id}.relations", *(f"anime:{other}.relations" for other, _, _ in rows))
        return [(kind, step, card) for other, kind, step in rows if (card := self.card(other))]

    def _chains(self) -> dict[str, list[tuple[Any, ...]]]:
        rows = self.grouped(_CHAIN, self.ids)
        self.fetch_cards(other for group in rows.values() for other, _, _ in group)
        return rows

    def editions_of(self, id: str) -> list[tuple[Any, Row]]:
        """(edition, card) of the other versions that retell this anime."""
        self.note(f"anime:{id}.editions")
        rows = self.once("editions", self._editions).get(id, [])
        return [(edition, card) for other, edition in rows if (card := self.card(other))]

    def _editions(self) -> dict[str, list[tuple[Any, ...]]]:
        rows = self.grouped(
            "SELECT primary_id::text, id::text, edition FROM anime WHERE primary_id = ANY (%s::uuid[])"
            " ORDER BY season_year NULLS LAST, slug",
            self.ids,
        )
        self.fetch_cards(other for group in rows.values() for other, _ in group)
        return rows

    def primary_of(self, anime: Row) -> Row | None:
        """The card of the edition that this one retells."""
        if anime["primary_id"] is None:
            return None
        rows = self.once("anime", dict[str, Row])
        self.once("primaries", lambda: self.fetch_cards(r["primary_id"] for r in rows.values() if r["primary_id"]))
        return self.card(anime["primary_id"])
