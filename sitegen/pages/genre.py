"""/genre/:slug and /genre/:slug/:year — the best of a genre, theme or demographic, and all of it by year."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from domain import paths
from sitegen import labels, seo
from sitegen.page import Document, PageType
from sitegen.reader import Reader

BEST = 48


def load(read: Reader, id: str) -> Document | None:
    genre = read.genre(id)
    years = read.years_of_genre(id)
    if genre is None or not years:
        return None
    name, slug, kind = genre
    total = sum(many for _, many in years)
    path, best, sentence = paths.genre(slug), read.best_of_genre(id, BEST), sentence_of(name, years)
    content = {
        "head": seo.head(
            path,
            f"{name} anime: the best, and every title by year",
            f"{sentence} The most popular first, then every title by year.",
            [("Genres", paths.genres()), (name, path)],
            indexable=total >= seo.WORTH_INDEXING,
            json_ld=seo.item_list(best),
        ),
        "title": name,
        "kind": labels.GENRE_KINDS[kind],
        "sentence": sentence,
        "best": best,
        "years": [[_year(year), many, paths.genre_year(slug, _part(year))] for year, many in years],
    }
    return Document(path, content, indexable=total >= seo.WORTH_INDEXING)


def sentence_of(name: str, years: list[tuple[int | None, int]]) -> str:
    """How many there are, since when, and in which year the most: `66 Drama anime, 1979–2026, 13 of them in …`."""
    total, dated = sum(many for _, many in years), [(many, year) for year, many in years if year]
    span = labels.span(year for _, year in dated)
    most = f", {max(dated)[0]:,} of them in {max(dated)[1]}, the busiest year" if len(dated) > 1 else ""
    return f"{labels.count(total, f'{name} anime', f'{name} anime')}{f', {span}' if span else ''}{most}."


def load_year(read: Reader, subject: str) -> Document | None:
    id, _, year = subject.partition("/")
    genre, cards = read.genre(id), read.members_of_genre_year(id, year)
    if genre is None or not cards:
        return None
    name, slug, _ = genre
    path, shown = paths.genre_year(slug, year), _year(None if year == paths.UNDATED else int(year))
    sentence = f"{labels.count(len(cards), f'{name} anime', f'{name} anime')}, {shown}: {labels.by_format(cards)}."
    content = {
        "head": seo.head(
            path,
            f"{name} anime, {shown}: every title",
            f"{sentence} The most popular first, each with its cover, format and episodes.",
            [("Genres", paths.genres()), (name, paths.genre(slug)), (shown, path)],
            indexable=len(cards) >= seo.WORTH_INDEXING,
            json_ld=seo.item_list(cards),
        ),
        "title": f"{name} anime, {shown}",
        "sentence": sentence,
        "cards": cards,
        "nav": [[f"All years of {name}", paths.genre(slug), False]],
    }
    return Document(path, content, indexable=len(cards) >= seo.WORTH_INDEXING)


def _year(year: int | None) -> str:
    return str(year) if year else "Undated"


def _part(year: int | None) -> str:
    return str(year) if year else paths.UNDATED


def every(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT g.id::text FROM genre g WHERE EXISTS (SELECT FROM anime_genre l JOIN anime a ON a.id = l.anime_id"
        " WHERE l.genre_id = g.id AND NOT a.adult)"
    )
    return [id for (id,) in rows]


def every_year(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT DISTINCT l.genre_id || '/' || coalesce(a.season_year::text, 'undated')"
        " FROM anime_genre l JOIN anime a ON a.id = l.anime_id WHERE NOT a.adult"
    )
    return [subject for (subject,) in rows]


page = PageType("genre", load, every, "site/genre.html", named_by=("genre:{}", "genre:{}.members"), batch=100)
year_page = PageType(
    "genre_year", load_year, every_year, "site/shelf.html", named_by=("genre:{}.members.{}",), batch=1000
)
