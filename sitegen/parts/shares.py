"""What share images show; the page that names one and the picture itself are made of the same facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import pictures
from sitegen import labels
from sitegen.parts.titles import same, title_of
from sitegen.reads.batch import Row

COVERS = 5


def of_anime(anime: Row, studios: Sequence[Any]) -> dict[str, Any]:
    """Titles, format, year and studio; the strip is full when all is out, so that no picture changes every week."""
    title, count = title_of(anime), anime["episode_count"] or 0
    words = [labels.FORMATS[anime["format"]], str(anime["season_year"] or ""), studios[0][0] if studios else ""]
    done = count if anime["status"] == "finished" else 0
    return _facts(
        title,
        "" if same(anime["title_japanese"] or "", title) else anime["title_japanese"],
        " · ".join(filter(None, words)),
        figures=_figures(anime, count),
        strip=[count, done] if 1 < count <= 100 and done else [],
        covers=[[anime["id"], title, anime["title_japanese"] or ""]],
    )


def of_season(name: str, cards: Sequence[Row]) -> dict[str, Any]:
    """A season such as `fall-2026`, with its most popular titles."""
    return _of_list(f"{labels.season(name)} anime", labels.starting(name, cards), cards)


def of_studio(name: str, cards: Sequence[Row], best: Sequence[Row]) -> dict[str, Any]:
    """A studio, with its most popular titles."""
    return _of_list(name, f"{labels.count(len(cards), 'anime', 'anime')}: {labels.by_format(cards)}", best)


def _of_list(title: str, line: str, cards: Sequence[Row]) -> dict[str, Any]:
    """A list of titles, with the covers of the first."""
    return _facts(title, "", line, covers=[[card["id"], card["title"], card["native"]] for card in cards[:COVERS]])


def _facts(
    title: str, native: str | None, line: str, figures: Any = (), strip: Any = (), covers: Any = ()
) -> dict[str, Any]:
    return {
        "title": title,
        "native": native or "",
        "line": line,
        "figures": list(figures),
        "strip": list(strip),
        "covers": list(covers),
    }


def _figures(anime: Row, count: int) -> list[list[str]]:
    film = anime["format"] == "movie"
    length = labels.duration(anime["episode_seconds"])
    figures = [] if film or not count else [[f"{count:,}", "episodes" if count > 1 else "episode"]]
    return figures + ([[length, "long" if film or count == 1 else "each"]] if length else [])


def path_of_anime(anime: Row, studios: Sequence[Any]) -> str:
    return pictures.share("anime", anime["slug"], of_anime(anime, studios))


def path_of_list(page: str, facts: dict[str, Any]) -> str:
    """`page` is the path of a season or a studio."""
    room, slug = page[1:].split("/")
    return pictures.share(room, slug, facts)
