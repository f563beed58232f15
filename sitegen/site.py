"""The table of contents of the site: every kind of page, and which pages a touched tag calls into being."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sitegen.page import PageType
from sitegen.pages import (
    anime,
    browse,
    episodes,
    genre,
    indexes,
    notes,
    redirect,
    season,
    sitemap,
    studio,
    where_to_watch,
)

PAGE_TYPES = (
    anime.page,
    where_to_watch.page,
    episodes.page,
    studio.page,
    season.page,
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
    redirect.page,
    redirect.watch_page,
    sitemap.robots_page,
    sitemap.shard_page,
    sitemap.index_page,
)
BY_KIND = {kind.kind: kind for kind in PAGE_TYPES}
PHASES = sorted({kind.phase for kind in PAGE_TYPES})


@cache
def _names() -> list[tuple[re.Pattern[str], PageType]]:
    """`genre:{}.members.{}` as a pattern; `{}` stands for anything without a dot."""
    return [
        (re.compile(re.escape(name).replace(r"\{\}", "([^.]+)")), kind) for kind in PAGE_TYPES for name in kind.named_by
    ]


def named_by(tags: Iterable[str]) -> set[str]:
    """The keys of the pages that these tags name: they may not exist yet, or not any more."""
    return {
        kind.key("/".join(match.groups()))
        for tag in tags
        for pattern, kind in _names()
        if (match := pattern.fullmatch(tag))
    }
