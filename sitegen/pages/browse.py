"""/browse — the whole catalogue: A–Z in shelves of two characters, by year, by format and year, airing now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import psycopg

from domain import paths
from sitegen import labels, seo
from sitegen.page import Document, PageType, only
from sitegen.reader import Reader
from sitegen.reads.batch import Row
from sitegen.reads.lists import INITIAL

TRAIL = ("Browse", paths.browse())
_YEAR = "coalesce(season_year::text, 'undated')"


def load(read: Reader, _: str) -> Document | None:
    formats: dict[str, int] = defaultdict(int)
    for form, _year, many in read.format_counts():
        formats[form] += many
    sentence = f"{labels.count(read.total(), 'anime', 'anime')} by title, by year and by format."
    content = {
        "head": seo.head(
            paths.browse(),
            "Browse all anime: A–Z, years, formats, airing now",
            f"{sentence} Every shelf is a plain list with covers, formats and numbers of episodes.",
            [TRAIL],
        ),
        "sentence": sentence,
        "letters": _letters(read.initial_counts()),
        "years": [[_shown(year), many, paths.browse("year", _part(year))] for year, many in read.year_counts()],
        "formats": [[labels.FORMATS[form], many, paths.browse("format", form)] for form, many in formats.items()],
        "airing": paths.browse("airing"),
    }
    return Document(paths.browse(), content)


def _letters(counts: list[tuple[Any, ...]]) -> list[list[Any]]:
    """[letter, anchor, shelves]; a shelf is [two characters, how many, path]."""
    letters = groupby(sorted(counts), lambda row: "#" if row[0][0].isdigit() else row[0][0].upper())
    return [
        [letter, f"az-{letter.lower()}".replace("#", "0"), [_initial(shelf, many) for shelf, many in group]]
        for letter, group in letters
    ]


def _initial(shelf: str, many: int) -> list[Any]:
    return [shelf.rstrip("_"), many, paths.browse("a-z", shelf)]


def load_initial(read: Reader, initial: str) -> Document | None:
    return _shelf(
        read.members_of_initial(initial),
        paths.browse("a-z", initial),
        f"Anime whose title starts with {initial.rstrip('_').title()}",
    )


def load_year(read: Reader, year: str) -> Document | None:
    cards = read.members_of_year(year)
    return _shelf(cards, paths.browse("year", year), "Undated anime" if year == paths.UNDATED else f"Anime of {year}")


def load_format_year(read: Reader, subject: str) -> Document | None:
    form, _, year = subject.partition("/")
    shown = "undated" if year == paths.UNDATED else year
    trail = (labels.FORMATS[form], paths.browse("format", form))
    cards = read.members_of_format_year(form, year)
    return _shelf(cards, paths.browse("format", form, year), f"{labels.FORMATS[form]} anime, {shown}", trail)


def load_airing(read: Reader, _: str) -> Document | None:
    return _shelf(read.airing(), paths.browse("airing"), "Anime that air now", keep=True)


def _shelf(
    cards: list[Row], path: str, title: str, trail: tuple[str, str] | None = None, keep: bool = False
) -> Document | None:
    if not cards and not keep:
        return None
    steps = [TRAIL, *([trail] if trail else []), (title, path)]
    many = labels.count(len(cards), "title")
    sentence = f"{many}: {labels.by_format(cards)}." if cards else "Nothing, as far as we know."
    content = {
        "head": seo.head(
            path,
            f"{title}: {many}",
            f"{title}: {sentence} Each with its cover, year, format and number of episodes.",
            steps,
            indexable=bool(cards),
            json_ld=seo.item_list(cards) if cards else None,
        ),
        "title": title,
        "sentence": sentence,
        "cards": cards,
        "nav": [[*(trail or TRAIL), False]],
    }
    return Document(path, content, indexable=bool(cards))


def load_format(read: Reader, form: str) -> Document | None:
    years = [(year, many) for name, year, many in read.format_counts() if name == form]
    if not years:
        return None
    path, name = paths.browse("format", form), labels.FORMATS[form]
    total, span = sum(many for _, many in years), labels.span(year for year, _ in years)
    sentence = f"{labels.count(total, f'{name} anime', f'{name} anime')}{f', {span}' if span else ''}, year by year."
    content = {
        "head": seo.head(
            path,
            f"{name} anime by year",
            f"{sentence} Choose a year to see every title with its cover and number of episodes.",
            [TRAIL, (name, path)],
        ),
        "title": f"{name} anime",
        "sentence": sentence,
        "groups": [["", [[_shown(year), many, paths.browse("format", form, _part(year))] for year, many in years]]],
    }
    return Document(path, content)


def _shown(year: int | None) -> str:
    return str(year) if year else "Undated"


def _part(year: int | None) -> str:
    return str(year) if year else paths.UNDATED


def _distinct(expression: str) -> Any:
    def every(connection: psycopg.Connection) -> Iterable[str]:
        rows = connection.execute(f"SELECT DISTINCT {expression} FROM anime a WHERE NOT adult")
        return [subject for (subject,) in rows]

    return every


page = PageType("browse", load, only, "site/browse.html")
initial_page = PageType(
    "initial",
    load_initial,
    _distinct(INITIAL),
    "site/shelf.html",
    named_by=("initial:{}.members",),
    batch=600,
)
year_page = PageType("year", load_year, _distinct(_YEAR), "site/shelf.html", named_by=("year:{}.members",), batch=60)
format_page = PageType("format", load_format, _distinct("format"), "site/index.html", named_by=("format:{}.members",))
format_year_page = PageType(
    "format_year",
    load_format_year,
    _distinct(f"format || '/' || {_YEAR}"),
    "site/shelf.html",
    named_by=("format:{}.members.{}",),
    batch=600,
)
airing_page = PageType("airing", load_airing, only, "site/shelf.html")
