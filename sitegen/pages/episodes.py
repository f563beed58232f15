"""/anime/:slug/episodes/N — a hundred episodes of a long anime; page 2 is 101 to 200, whatever airs later."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from domain import paths
from sitegen import seo
from sitegen.page import Document, PageType
from sitegen.parts import airing, shares, works
from sitegen.parts.titles import note_of, title_of
from sitegen.reader import Reader
from sitegen.reads.anime import NEWEST

EACH = "number and title of each, and the day on which it aired in Japan."


def load(read: Reader, subject: str) -> Document | None:
    id, _, number = subject.partition("/")
    page_number, anime = int(number), read.anime(id)
    pages, _, many = read.episode_span(id)
    rows = read.episodes_on_page(id, page_number)
    if anime is None or not rows or many <= NEWEST:
        return None
    lines = airing.lines(rows, read.as_of)
    path, title = paths.episodes(anime["slug"], page_number), title_of(anime)
    span = f"{lines[0]['number']}–{lines[-1]['number']}"
    image = shares.path_of_anime(anime, read.studios_of(id))
    note, what = note_of(anime), f": episodes {span}"
    trail = [("Browse", paths.browse()), (title, paths.anime(anime["slug"])), (f"Episodes {span}", path)]
    content = {
        "head": seo.head(
            path,
            f"{seo.squeeze(title, seo.TITLE - len(note) - len(what))}{note}{what}",
            f"Episodes {span} of {seo.squeeze(title, 80)}{note}: {EACH}",
            trail,
            json_ld=works.series_of(anime, lines, image) if anime["format"] != "movie" else None,
            image=(image, title),
        ),
        "title": title,
        "path": paths.anime(anime["slug"]),
        "span": span,
        "episodes": lines,
        "pages": [[str(n), paths.episodes(anime["slug"], n), n == page_number] for n in pages],
    }
    return Document(path, content, airing.next_turn(airing.days_of(rows), read.as_of))


def every(connection: psycopg.Connection) -> Iterable[str]:
    rows = connection.execute(
        "SELECT DISTINCT e.anime_id || '/' || greatest(1, (e.number + 99) / 100) FROM episode e JOIN ("
        f"  SELECT anime_id FROM episode WHERE kind = 'regular' GROUP BY anime_id HAVING count(*) > {NEWEST}) long"
        " USING (anime_id)"
        " WHERE e.kind = 'regular'"
    )
    return [subject for (subject,) in rows]


page = PageType("episodes", load, every, "site/episodes.html", named_by=("anime:{}.episodes.{}",), batch=200)
