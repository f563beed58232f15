"""Relations between anime: typed ones as the extra facts say, untyped ones where no type joins the pair."""

from __future__ import annotations

from collections.abc import Callable, Collection

import psycopg

from domain.catalogue.copying import Row
from domain.catalogue.report import Report
from domain.catalogue.sheet import EMPTY, Sheet

Resolve = Callable[[str], str | None]


class Links:
    """The relations that the feeds state at one moment, with ids resolved as they stood at that moment."""

    def __init__(self, sheets: dict[str, Sheet], resolve: Resolve) -> None:
        self.sheets, self.resolve = sheets, resolve

    def typed(self, anime_id: str) -> set[tuple[str, str]]:
        """(related anime, kind) as the anime's own record says."""
        extra = self.sheets.get(anime_id, EMPTY).of("extra")
        found = ((self.resolve(relation.to), relation.kind) for relation in (extra.relations if extra else ()))
        return {(other, kind) for other, kind in found if other is not None and other != anime_id}

    def untyped(self, anime_id: str) -> set[str]:
        release = self.sheets.get(anime_id, EMPTY).of("release")
        found = map(self.resolve, release.related if release else ())
        return {other for other in found if other is not None and other != anime_id}

    def rows(self, anime_id: str) -> list[Row]:
        typed = self.typed(anime_id)
        joined = {other for other, _ in typed}
        loose = [
            other for other in self.untyped(anime_id) - joined if all(back != anime_id for back, _ in self.typed(other))
        ]
        return sorted(
            [(anime_id, other, kind) for other, kind in typed] + [(anime_id, other, "other") for other in loose]
        )


def neighbours(links: Collection[Links], anime_ids: Collection[str]) -> set[str]:
    """The anime at the other end of any relation of these."""
    found: set[str] = set()
    for side in links:
        for anime_id in anime_ids:
            found.update(other for other, _ in side.typed(anime_id))
            found.update(side.untyped(anime_id))
    return found


def naming(connection: psycopg.Connection, external_ids: Collection[str]) -> set[str]:
    """The anime whose records name one of these ids, which now mean another anime than before."""
    question = """SELECT DISTINCT anime_id::text FROM feed_record WHERE anime_id IS NOT NULL AND (
                      (feed = 'release' AND EXISTS (
                          SELECT FROM jsonb_array_elements_text(facts->'related') AS id WHERE id = ANY(%(ids)s)))
                      OR (feed = 'extra' AND EXISTS (
                          SELECT FROM jsonb_array_elements(facts->'relations') AS r WHERE r->>0 = ANY(%(ids)s)))
                      OR (feed = 'extra' AND facts->'edition'->>'of' = ANY(%(ids)s)))"""
    return {anime_id for (anime_id,) in connection.execute(question, {"ids": list(external_ids)})}


def recaps(connection: psycopg.Connection) -> dict[str, str]:
    """Anime → what it summarises, where exactly one anime says so and that one is no recap itself."""
    question = """SELECT related_id::text, min(anime_id::text) FROM relation WHERE kind = 'summary'
                  GROUP BY related_id HAVING count(*) = 1"""
    found: dict[str, str] = dict(connection.execute(question).fetchall())
    return {recap: whole for recap, whole in found.items() if whole not in found}


def group_recaps(connection: psycopg.Connection, before: dict[str, str], report: Report) -> None:
    """Put new recaps under what they summarise and release those that are none any more; editors' groups stay."""
    after = recaps(connection)
    ended = sorted((recap, whole) for recap, whole in before.items() if after.get(recap) != whole)
    begun = sorted((recap, whole) for recap, whole in after.items() if before.get(recap) != whole)
    changed = 0
    pairs = "FROM unnest(%s::uuid[], %s::uuid[]) AS t (recap, whole) WHERE anime.id = t.recap"
    if ended:
        done = connection.execute(
            f"""UPDATE anime SET primary_id = NULL, edition = NULL, updated_at = now() {pairs}
                AND primary_id = t.whole AND edition = '{{"kind": "recap", "label": null}}'""",
            tuple(map(list, zip(*ended, strict=True))),
        )
        changed += done.rowcount
    if begun:
        done = connection.execute(
            f"""UPDATE anime SET primary_id = t.whole, updated_at = now(),
                edition = '{{"kind": "recap", "label": null}}'
                {pairs} AND primary_id IS NULL AND edition IS NULL""",
            tuple(map(list, zip(*begun, strict=True))),
        )
        changed += done.rowcount
    report.wrote("anime", "changed", changed)
