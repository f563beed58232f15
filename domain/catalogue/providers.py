"""Page addresses of the sites that describe anime, and the external ids in them; an id is written `mal:1`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

PROVIDERS = {
    "myanimelist.net": "mal",
    "anilist.co": "anilist",
    "anidb.net": "anidb",
    "kitsu.app": "kitsu",
    "kitsu.io": "kitsu",
    "anime-planet.com": "anime_planet",
    "animenewsnetwork.com": "ann",
    "anisearch.com": "anisearch",
    "livechart.me": "livechart",
    "simkl.com": "simkl",
}
"""Any other host stands for itself, and the rest of its address is the id."""

RANK = {name: rank for rank, name in enumerate(dict.fromkeys(PROVIDERS.values()))}

METADATA_ONLY = frozenset({"tmdb", "tvdb", "trakt", "bangumi"})
"""Providers whose ids stand on several seasons of one title: shown, but never used to recognise an anime."""

ANN = "https://animenewsnetwork.com/encyclopedia/anime.php?id="
PAGE = re.compile(r"/(?:anime|a)/?(\d+)(?:[/,].*)?$")
NAMED = re.compile(r"/anime/([^/]+)/?$")
ASKED = re.compile(r"(?:^|&)(?:id|aid)=(\d+)")


def id_in(url: str) -> str | None:
    """The external id in a page address, or None where it is no http(s) address with a host."""
    parts = url.split("/")
    if len(parts) == 5 and parts[0] == "https:" and parts[3] == "anime" and parts[2] in PROVIDERS:
        name = parts[4]
        if name.isascii() and name.replace("-", "").isalnum():
            return f"{PROVIDERS[parts[2]]}:{name}"
    if url.startswith(ANN) and (name := url[len(ANN) :]).isdecimal() and name.isascii():
        return f"ann:{name}"
    return _id_in_any(url)


def _id_in_any(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    provider = PROVIDERS.get(host)
    if provider is None:
        return f"{host}:{parts.path.strip('/')}{'?' + parts.query if parts.query else ''}"
    found = PAGE.search(parts.path) or ASKED.search(parts.query) or NAMED.search(parts.path)
    return f"{provider}:{found[1] if found else parts.path.strip('/')}"


def rank(external_id: str) -> tuple[int, str]:
    """Order of trust among external ids: the well-known providers first."""
    return RANK.get(external_id.partition(":")[0], len(RANK)), external_id


def by_provider(ids: list[str]) -> dict[str, list[str]]:
    """`["mal:1", "anilist:1"]` → `{"anilist": ["1"], "mal": ["1"]}`, sorted."""
    grouped: dict[str, list[str]] = {}
    for external_id in sorted(ids):
        provider, _, value = external_id.partition(":")
        grouped.setdefault(provider, []).append(value)
    return grouped
