"""Structured data of anime: what search engines may know of a series, a film and their episodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import paths
from sitegen import labels, seo
from sitegen.parts.covers import poster_of
from sitegen.parts.titles import title_of
from sitegen.reads.batch import Row


def work(anime: Row, studios: Sequence[Any], genres: Sequence[Any], image: str) -> dict[str, Any]:
    """A TVSeries or a Movie; only what is known is said. `image` is the share image."""
    film, title = anime["format"] == "movie", title_of(anime)
    data: dict[str, Any] = {
        "@type": "Movie" if film else "TVSeries",
        "name": title,
        "url": paths.anime(anime["slug"]),
        # for films search engines want a picture of 2:3
        "image": poster_of(anime) if film else image,
        "alternateName": _others(anime, title),
        "genre": [name for kind, name, _ in genres if kind != "demographic"],
        "productionCompany": [
            {"@type": "Organization", "name": name, "url": paths.studio(slug)} for name, slug in studios
        ],
        "description": seo.clip(anime["synopsis"] or "", 500),
        "datePublished" if film else "startDate": labels.iso(anime["start_date"], anime["start_precision"]),
        "endDate": "" if film else labels.iso(anime["end_date"], anime["end_precision"]),
        "numberOfEpisodes": 0 if film else anime["episode_count"] or 0,
    }
    return {name: value for name, value in data.items() if value}


def _others(anime: Row, title: str) -> list[str]:
    names = dict.fromkeys(name for name in (anime["title_romaji"], anime["title_japanese"]) if name)
    return [name for name in names if name != title]


def series_of(anime: Row, lines: Sequence[dict[str, Any]], image: str) -> dict[str, Any]:
    """A TVSeries with its share image and those of its episodes that a page lists."""
    return {
        "@type": "TVSeries",
        "name": title_of(anime),
        "url": paths.anime(anime["slug"]),
        "image": image,
        "episode": [episode(line) for line in lines],
    }


def episode(line: dict[str, Any]) -> dict[str, Any]:
    """One TVEpisode."""
    data = {"@type": "TVEpisode", "episodeNumber": line["number"]}
    said = {"name": line["title"] or line["japanese"], "datePublished": line["day"]}
    return data | {name: text for name, text in said.items() if text}
