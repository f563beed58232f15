"""/studio/:slug — what a studio made, newest first; a long list is cut by decade, /studio/:slug/2010s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import psycopg

from domain import paths
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.parts import shares
from sitegen.reader import Reader
from sitegen.reads.batch import Row
from sitegen.subjects import every_studio

TOP = 12
WHOLE = 60
"""A list of so many titles stands on one page."""


def load(read: Reader, id: str) -> Document | None:
    studio = read.studio(id)
    cards = read.members_of_studio(id)
    if studio is None or not cards:
        return None
    name, slug = studio
    path, indexable, best = paths.studio(slug), len(cards) >= seo.WORTH_INDEXING, read.best_of_studio(id)
    sentence = _sentence(name, cards)
    content = {
        "head": seo.head(
            path,
            f"{seo.clip(name, 40)} anime list: every title by year",
            f"{sentence} Every title by year, with formats and episodes.",
            [("Studios", paths.studios()), (name, path)],
            indexable=indexable,
            json_ld={"@type": "Organization", "name": name, "url": path},
            image=(shares.path_of_list(path, shares.of_studio(name, cards, best)), f"Anime by {name}"),
        ),
        "title": name,
        "sentence": sentence,
        "nav": _decades(slug, read.decades_of_studio(id), "") if len(cards) > WHOLE else [],
        "best": best[:TOP] if len(cards) > TOP else [],
        "years": _by_year(cards) if len(cards) <= WHOLE else [],
    }
    return Document(path, content, indexable=indexable)


def load_decade(read: Reader, subject: str) -> Document | None:
    id, _, decade = subject.partition("/")
    studio, decades = read.studio(id), read.decades_of_studio(id)
    if studio is None or not decades[decade] or decades.total() <= WHOLE:
        return None
    (name, slug), shown = studio, read.members_of_studio(id, decade)
    path, title = paths.studio(slug, decade), f"{name}, {decade}"
    sentence = f"{labels.count(len(shown), 'anime', 'anime')} by {name}, {decade}: {labels.by_format(shown)}."
    content = {
        "head": seo.head(
            path,
            f"{seo.clip(name, 40)} anime, {decade}: every title by year",
            f"{sentence} Every title by year, newest first, with formats and episodes.",
            [("Studios", paths.studios()), (name, paths.studio(slug)), (decade, path)],
            indexable=len(shown) >= seo.WORTH_INDEXING,
            json_ld=seo.item_list(shown),
        ),
        "title": title,
        "sentence": sentence,
        "nav": _decades(slug, decades, decade),
        "best": [],
        "years": _by_year(shown),
    }
    return Document(path, content, indexable=len(shown) >= seo.WORTH_INDEXING)


def _by_year(cards: Sequence[Row]) -> list[list[Any]]:
    return [[str(year or "Undated"), list(group)] for year, group in groupby(cards, lambda card: card["year"])]


def _decades(slug: str, counts: Counter[str], here: str) -> list[list[Any]]:
    """[decade and how many, path, whether it is this page], newest first."""
    links = [[f"{decade} · {many}", paths.studio(slug, decade), decade == here] for decade, many in counts.items()]
    return [["Top titles", paths.studio(slug), not here], *links]


def _sentence(name: str, cards: Sequence[Row]) -> str:
    span = labels.span(card["year"] for card in cards)
    many, now = labels.count(len(cards), "anime", "anime"), sum(1 for card in cards if card["airing"])
    airing = f" {labels.count(now, 'title airs', 'titles air')} now." if now else ""
    return f"{name} made {many} that we know of{f', {span}' if span else ''}: {labels.by_format(cards)}.{airing}"


def every_decade(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT DISTINCT l.studio_id, a.season_year FROM anime_studio l JOIN anime a ON a.id = l.anime_id"
        " WHERE NOT a.adult AND l.studio_id IN (SELECT studio_id FROM anime_studio GROUP BY 1 HAVING count(*) > %s)",
        [WHOLE],
    )
    return {f"{studio}/{paths.decade_of(year)}" for studio, year in rows}


page = PageType(
    "studio", load, every_studio, "site/studio.html", named_by=("studio:{}", "studio:{}.members"), batch=500
)
decade_page = PageType(
    "studio_decade", load_decade, every_decade, "site/studio.html", named_by=("studio:{}.members.{}",)
)
