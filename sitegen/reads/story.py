"""Reading what an anime belongs to: its relations, the chain of its prequels and sequels, and its editions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sitegen.reads.anime import AnimeReads
from sitegen.reads.batch import Row

LONGEST = 12
"""Steps that a chain is followed."""
# each link once, however many of the batch lead there: who is how far from whom is told from them; OFFSET 0 has each
# looked up, where the planner would read all relations at every step
_LINKS = """
WITH RECURSIVE link (anime_id, kind, related_id) AS (
    SELECT anime_id, kind, related_id FROM relation
    WHERE anime_id = ANY (%s::uuid[]) AND kind IN ('prequel', 'sequel')
    UNION
    SELECT r.* FROM link l CROSS JOIN LATERAL (
        SELECT anime_id, kind, related_id FROM relation WHERE anime_id = l.related_id AND kind = l.kind OFFSET 0) r
)
SELECT anime_id::text || kind, related_id::text FROM link
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
        links = self.once("links", self._links)
        rows = sorted((step, kind, other) for kind in ("prequel", "sequel") for other, step in _steps(links, id, kind))
        self.note(f"anime:{id}.relations", *(f"anime:{other}.relations" for _, _, other in rows))
        return [(kind, step, card) for step, kind, other in rows if (card := self.card(other))]

    def _links(self) -> dict[str, list[tuple[Any, ...]]]:
        links = self.grouped(_LINKS, self.ids)
        self.fetch_cards(other for group in links.values() for (other,) in group)
        return links

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


def _steps(links: dict[str, list[tuple[Any, ...]]], root: str, kind: str) -> Iterator[tuple[str, int]]:
    """Each anime that links of one kind lead to, and in how many steps at least."""
    known, last = {root}, [root]
    for step in range(1, LONGEST + 1):
        last = sorted({other for id in last for (other,) in links.get(id + kind, ())} - known)
        known.update(last)
        yield from ((other, step) for other in last)
