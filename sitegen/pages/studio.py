"""/studio/:slug — what a studio made, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import psycopg

from domain import paths
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.reader import Reader
from sitegen.reads.batch import Row

WORTH_INDEXING = 3


def load(read: Reader, id: str) -> Document | None:
    studio = read.studio(id)
    cards = read.members_of_studio(id)
    if studio is None or not cards:
        return None
    name, slug = studio
    path, indexable = paths.studio(slug), len(cards) >= WORTH_INDEXING
    sentence = _sentence(name, cards)
    content = {
        "head": seo.head(
            path,
            f"{seo.clip(name, 40)} anime list: every title by year",
            f"{sentence} Every title by year, with formats and episodes.",
            [("Studios", paths.studios()), (name, path)],
            indexable=indexable,
            json_ld={"@type": "Organization", "name": name, "url": path},
        ),
        "title": name,
        "sentence": sentence,
        "years": [[str(year or "Undated"), list(group)] for year, group in groupby(cards, lambda card: card["year"])],
    }
    return Document(path, content, indexable=indexable)


def _sentence(name: str, cards: list[Row]) -> str:
    years = [card["year"] for card in cards if card["year"]]
    span = f", {min(years)}–{max(years)}" if years and min(years) < max(years) else f", {years[0]}" if years else ""
    return f"{name} made {labels.count(len(cards), 'anime', 'anime')} that we know of{span}."


def every(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT s.id::text FROM studio s WHERE EXISTS (SELECT FROM anime_studio l JOIN anime a ON a.id = l.anime_id"
        " WHERE l.studio_id = s.id AND NOT a.adult)"
    )
    return [id for (id,) in rows]


page = PageType("studio", load, every, "site/studio.html", named_by=("studio:{}", "studio:{}.members"), batch=500)
