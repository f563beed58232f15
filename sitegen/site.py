"""The table of contents of the site: every kind of page, and which pages a touched tag calls into being."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from sitegen.page import ASSETS, PAGES, PICTURES, SITEMAP_INDEX, SITEMAPS, PageType
from sitegen.pages import (
    anime,
    asset,
    browse,
    episodes,
    feed,
    genre,
    indexes,
    notes,
    picture,
    redirect,
    season,
    sitemap,
    studio,
    well_known,
    where_to_watch,
)

PAGE_TYPES = (
    asset.page,
    picture.site_page,
    picture.cover_page,
    anime.page,
    where_to_watch.page,
    episodes.page,
    studio.page,
    studio.decade_page,
    season.page,
    season.order_page,
    season.format_page,
    genre.page,
    genre.year_page,
    browse.initial_page,
    browse.year_page,
    browse.format_page,
    browse.format_year_page,
    browse.airing_page,
    browse.page,
    indexes.seasons_page,
    indexes.studios_page,
    indexes.genres_page,
    indexes.watch_page,
    indexes.home_page,
    notes.about_page,
    notes.privacy_page,
    notes.not_found_page,
    feed.anime_page,
    feed.seasons_page,
    well_known.icon_page,
    well_known.manifest_page,
    well_known.security_page,
    redirect.page,
    redirect.watch_page,
    sitemap.robots_page,
    sitemap.shard_page,
    sitemap.index_page,
    picture.share_anime_page,
    picture.poster_page,
    picture.share_season_page,
    picture.share_studio_page,
)
BY_KIND = {kind.kind: kind for kind in PAGE_TYPES}
_OF_ONE_THING = frozenset(
    ("asset", "cover", "anime", "watch", "episodes", "studio", "season", "genre", "redirect", "redirect_watch")
)
_OF_A_PHASE = {ASSETS: 0.0, PAGES: 1.0, PICTURES: 5.0, SITEMAPS: 10.0, SITEMAP_INDEX: 10.0}
DELAYS = {kind.kind: _OF_A_PHASE[kind.phase] for kind in PAGE_TYPES if kind.kind not in _OF_ONE_THING}
"""Seconds for which a page waits for more changes: an edit is on the edited thing's pages at once, on lists soon."""
LIST_DELAYS = {kind.kind: max(DELAYS.get(kind.kind, 0.0), _OF_A_PHASE[PAGES]) for kind in PAGE_TYPES}
"""The same for pages that only show what was edited."""
PHASES = sorted({kind.phase for kind in PAGE_TYPES})


@cache
def _names() -> dict[str, list[tuple[re.Pattern[str], PageType]]]:
    """`genre:{}.members.{}` as a pattern, by its first word; `{}` stands for anything without a dot."""
    names = defaultdict(list)
    for kind in PAGE_TYPES:
        for name in kind.named_by:
            pattern = re.compile(re.escape(name).replace(r"\{\}", "([^.]+)"))
            names[name.partition(":")[0]].append((pattern, kind))
    return names


def named_by(tags: Iterable[str]) -> set[str]:
    """The keys of the pages that these tags name: they may not exist yet, or not any more."""
    return {
        kind.key("/".join(match.groups()) + ending)
        for tag in tags
        for pattern, kind in _names().get(tag.partition(":")[0], ())
        if (match := pattern.fullmatch(tag))
        for ending in kind.endings
    }
