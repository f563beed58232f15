"""/covers, /posters and /share — pictures, drawn from the facts that their addresses are a hash of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from domain import paths, pictures
from sitegen.page import ASSETS, PICTURES, Document, PageType, Site
from sitegen.parts import shares
from sitegen.parts.covers import cover_of, poster_of
from sitegen.parts.titles import title_of
from sitegen.reader import Reader
from sitegen.reads.batch import Row
from sitegen.subjects import every_anime, every_season, every_studio

JPEG = "image/jpeg"
WHAT = "What airs, when, and where to watch it"
LETTERING = ("sitegen/images/fonts/*",)


def load_cover(read: Reader, id: str) -> Document | None:
    row = read.anime(id)
    path = cover_of(row) if row else ""
    if row is None or path == row["cover"]:
        return None
    return _picture(path, _titles(row))


def draw_cover(content: dict[str, Any], site: Site) -> bytes:
    from sitegen.images import cover

    return cover.draw(content["id"], content["latin"], content["japanese"])


def load_poster(read: Reader, id: str) -> Document | None:
    row = read.anime(id)
    if row is None or row["format"] != "movie":
        return None
    return _picture(poster_of(row), _titles(row))


def draw_poster(content: dict[str, Any], site: Site) -> bytes:
    from sitegen.images import poster

    return poster.draw(content["id"], content["latin"], content["japanese"])


def load_anime(read: Reader, id: str) -> Document | None:
    row = read.anime(id)
    if row is None:
        return None
    facts = shares.of_anime(row, read.studios_of(id))
    return _picture(pictures.share("anime", row["slug"], facts), facts)


def load_season(read: Reader, name: str) -> Document | None:
    if not read.season_known(name):
        return None
    facts = shares.of_season(name, read.members_of_season(name))
    return _picture(shares.path_of_list(paths.season(name), facts), facts)


def load_studio(read: Reader, id: str) -> Document | None:
    row, cards = read.studio(id), read.members_of_studio(id)
    if row is None or not cards:
        return None
    facts = shares.of_studio(row[0], cards, read.best_of_studio(id))
    return _picture(shares.path_of_list(paths.studio(row[1]), facts), facts)


def draw_share(content: dict[str, Any], site: Site) -> bytes:
    from sitegen.images.share import ShareCard, draw

    card = ShareCard(
        content["title"],
        content["native"],
        content["line"],
        tuple((number, label) for number, label in content["figures"]),
        tuple(content["strip"]) if content["strip"] else None,
        tuple((id, latin, japanese) for id, latin, japanese in content["covers"]),
        site.name,
    )
    return draw(card)


def load_site(read: Reader, name: str) -> Document | None:
    """The generic pictures, which stand in for those that are not drawn yet."""
    return _picture({"share": pictures.SITE_SHARE, "poster": pictures.SITE_POSTER}[name], {"name": name})


def draw_site(content: dict[str, Any], site: Site) -> bytes:
    from sitegen.images import poster, share

    if content["name"] == "poster":
        return poster.draw(site.name, site.name, "")
    return share.draw(share.ShareCard("", "", WHAT, (), None, (), site.name))


def _titles(anime: Row) -> dict[str, str]:
    """What a cover and a poster show."""
    return {"id": anime["id"], "latin": title_of(anime), "japanese": anime["title_japanese"] or ""}


def _picture(path: str, content: dict[str, Any]) -> Document:
    return Document(path, content, indexable=False)


def every_movie(connection: psycopg.Connection) -> Iterable[str]:
    return [id for (id,) in connection.execute("SELECT id::text FROM anime WHERE NOT adult AND format = 'movie'")]


def every_site(connection: psycopg.Connection) -> Iterable[str]:
    return ["share", "poster"]


cover_page = PageType(
    "cover", load_cover, every_anime, named_by=("anime:{}",), content_type="image/svg+xml", batch=1000,
    draw=draw_cover, files=LETTERING, lasting=True,
)  # fmt: skip
site_page = PageType(
    "picture_site", load_site, every_site, content_type=JPEG, phase=ASSETS, draw=draw_site, files=LETTERING
)
share_anime_page = PageType(
    "share_anime", load_anime, every_anime, named_by=("anime:{}",), content_type=JPEG, batch=40, phase=PICTURES,
    draw=draw_share, files=LETTERING, lasting=True,
)  # fmt: skip
poster_page = PageType(
    "poster", load_poster, every_movie, named_by=("anime:{}",), content_type=JPEG, batch=40, phase=PICTURES,
    draw=draw_poster, files=LETTERING, lasting=True,
)  # fmt: skip
share_season_page = PageType(
    "share_season", load_season, every_season, named_by=("season:{}", "season:{}.members"), content_type=JPEG,
    batch=40, phase=PICTURES, draw=draw_share, files=LETTERING, lasting=True,
)  # fmt: skip
share_studio_page = PageType(
    "share_studio", load_studio, every_studio, named_by=("studio:{}", "studio:{}.members"), content_type=JPEG,
    batch=40, phase=PICTURES, draw=draw_share, files=LETTERING, lasting=True,
)  # fmt: skip
