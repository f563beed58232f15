"""The platforms that we know: their public name, what kind of offer theirs is, where they run, when they closed."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from domain.catalogue.names import identity
from domain.slugs import slug_of


@dataclass(frozen=True)
class Platform:
    """`regions` are those of a row that names none; `closed_on` is the last day of the month that is known."""

    name: str
    kind: str = "unknown"
    regions: tuple[str, ...] = ("",)
    closed_on: str | None = None
    slug: str = ""


def _platform(
    name: str,
    kind: str = "unknown",
    regions: str = "",
    closed: str | None = None,
    slug: str = "",
) -> Platform:
    return Platform(
        name,
        kind,
        tuple(regions.split(" ")),
        last_day(closed) if closed else None,
        slug or slug_of(name),
    )


def last_day(text: str) -> str | None:
    """The last day of the month that a text names: `closed 2023-09` → `2023-09-30`."""
    found = re.search(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b", text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return date(year, month, calendar.monthrange(year, month)[1]).isoformat()


PLATFORMS = {
    identity(platform.name): platform
    for platform in (
        _platform("ABEMA", "free", "JP"),
        _platform("AcFun", "free", "CN"),
        _platform("Adult Swim", "subscription", "US"),
        _platform("Ani-One (YouTube)", "free"),
        _platform("Ani-One Asia (YouTube)", "free"),
        _platform("AnimeLab", "subscription", "AU NZ", closed="2021-12"),
        _platform("Bahamut Ani Gamer", "free", "TW"),
        _platform("Bilibili"),
        _platform("Crunchyroll", "subscription"),
        _platform("d Anime Store", "subscription", "JP"),
        _platform("Daisuki", "free", closed="2017-10"),
        _platform("Disney+", "subscription", slug="disney-plus"),
        _platform("Funimation", "subscription", closed="2024-04"),
        _platform("HIDIVE", "subscription"),
        _platform("Hotstar", "subscription", "IN"),
        _platform("Hulu", "subscription", "US"),
        _platform("iQIYI"),
        _platform("Mango TV", "unknown", "CN"),
        _platform("Max", "subscription", "US"),
        _platform("Muse (YouTube)", "free"),
        _platform("Muse Asia (YouTube)", "free"),
        _platform("Muse India (YouTube)", "free", "IN"),
        _platform("myTV SUPER", "subscription", "HK"),
        _platform("Netflix", "subscription"),
        _platform("Niconico", "unknown", "JP"),
        _platform("OceanVeil", "subscription"),
        _platform("Pokemon TV", "free"),
        _platform("Prime Video", "subscription"),
        _platform("Rooster Teeth", "subscription"),
        _platform("Tencent Video", "unknown", "CN"),
        _platform("Tropics (YouTube)", "free"),
        _platform("U-NEXT", "subscription", "JP"),
        _platform("Viu"),
        _platform("VRV", "subscription", "US", closed="2023-09"),
        _platform("Wakanim", "subscription", closed="2023-11"),
        _platform("Youku", "unknown", "CN"),
        _platform("YouTube", "free"),
    )
}
"""Where watching may be free or paid by title, the kind stays `unknown`. By identity, so that `crunchyroll` and
`Crunchyroll` are one platform. Any other site becomes a platform too."""


def platform_of(site: str) -> Platform:
    """The platform that a site's name stands for; an unknown one is taken as it is written."""
    return PLATFORMS.get(identity(site)) or Platform(site, slug=slug_of(site))
