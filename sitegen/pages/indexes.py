"""/, /seasons, /studios, /genres and /where-to-watch — what there is, with counts."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from domain import paths
from domain.seasons import season_of
from sitegen import labels, seo
from sitegen.page import Document, PageType, only
from sitegen.reader import Reader

BEST = 48


def load_seasons(read: Reader, _: str) -> Document | None:
    rows = read.season_counts()
    groups = [
        [str(year), [[labels.SEASONS[part], many, paths.season(name)] for name, part, _, many in group]]
        for year, group in groupby(rows, lambda row: row[2])
    ]
    # counted by what has titles: the season of today has its page before anything is known to start in it
    seasons = sum(1 for row in rows if row[3])
    sentence = f"{labels.count(seasons, 'anime season')}, newest first, with the number of titles that start in each."
    return _index(paths.seasons(), "Anime seasons", sentence, groups)


def load_studios(read: Reader, _: str) -> Document | None:
    rows = sorted(read.studio_counts(), key=lambda row: row[1])
    letters = groupby(rows, lambda row: row[1][0].upper() if row[1][0].isalpha() else "#")
    groups = [[letter, [[name, many, paths.studio(slug)] for name, slug, many in group]] for letter, group in letters]
    sentence = f"{labels.count(len(rows), 'anime studio')} from A to Z, with the number of titles of each."
    return _index(paths.studios(), "Anime studios", sentence, groups)


def load_genres(read: Reader, _: str) -> Document | None:
    rows = read.genre_counts()
    groups = [
        [labels.GENRE_KINDS[kind] + "s", [[name, many, paths.genre(slug)] for _, name, slug, many in group]]
        for kind, group in groupby(rows, lambda row: row[0])
    ]
    sentence = f"{labels.count(len(rows), 'genre')}, themes and demographics, with the number of titles of each."
    return _index(paths.genres(), "Anime genres", sentence, groups)


def _index(path: str, title: str, sentence: str, groups: list[list[Any]]) -> Document:
    content = {
        "head": seo.head(path, f"{title}: all of them", f"{title}: {sentence}", [(title, path)]),
        "title": title,
        "sentence": sentence,
        "groups": groups,
    }
    return Document(path, content)


def load_watch(read: Reader, _: str) -> Document | None:
    path, platforms, best = paths.where_to_watch_index(), read.platform_counts(), read.best_offered(BEST)
    sentence = f"{labels.count(len(platforms), 'service')} with anime, and the most popular titles that they offer."
    content = {
        "head": seo.head(
            path,
            "Where to watch anime: services and titles",
            f"{sentence} Each title has a page with its services by region and the date of each check.",
            [("Where to watch", path)],
        ),
        "sentence": sentence,
        "platforms": [[name, labels.count(many, "title")] for name, many in platforms],
        "best": [{**card, "path": paths.where_to_watch(card["path"].rpartition("/")[2])} for card in best],
    }
    return Document(path, content, expires_on=read.next_end())


def load_home(read: Reader, _: str) -> Document | None:
    """/ — what airs today, this season, and where to start."""
    name = season_of(read.as_of)
    read.season_known(name)
    today = [card for card in read.airing() if card["slot"] and card["slot"][0] == read.as_of.isoweekday()]
    many = labels.count(read.total(), "anime", "anime")
    sentence = f"{many}: episodes, weekly schedules, studios, genres and where to watch them."
    content = {
        "head": seo.head(
            "/",
            "Anime: what airs, when, and where to watch it",
            f"{sentence} Airing today, this season, and where to start.",
            [],
            json_ld={"@type": "WebSite", "name": "", "url": "/"},
        ),
        "sentence": sentence,
        "day": labels.day(read.as_of),
        "today": sorted(today, key=lambda card: (card["slot"][1], card["path"])),
        "season": [labels.season(name), paths.season(name)],
        "cards": read.members_of_season(name)[:24],
        "best": read.best(24),
    }
    return Document("/", content, expires_on=read.as_of + timedelta(days=1))


home_page = PageType("home", load_home, only, "site/home.html")
seasons_page = PageType("seasons", load_seasons, only, "site/index.html")
studios_page = PageType("studios", load_studios, only, "site/index.html")
genres_page = PageType("genres", load_genres, only, "site/index.html")
watch_page = PageType("watch_index", load_watch, only, "site/watch_index.html")
