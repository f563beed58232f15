"""From a row of the streaming file to what it said."""

from __future__ import annotations

from domain.catalogue import said
from domain.catalogue.checks import Breach, checked, need_moment, shown, tidy, web_address
from domain.catalogue.names import identity
from domain.catalogue.platforms import last_day, platform_of
from domain.catalogue.reading import Read, subject_of
from domain.catalogue.shapes import OfferEntry


def read_offer(entry: OfferEntry) -> Read:
    """One row of the streaming file: an offer per region, not yet folded with the other rows of its anime."""
    subject, also = subject_of(entry.mal_id, entry.anilist_id)
    url = web_address("url", entry.url)
    site = tidy(entry.site)
    if site is None or not identity(site):
        raise Breach("site: is blank")
    platform = platform_of(site)
    first_seen = _first_seen(entry.begin)
    seen = checked(entry.as_of)
    ended = platform.closed_on or _ended(entry.defunct, seen)
    rows = [
        said.Offer(
            platform.name,
            region,
            entry.kind or platform.kind,
            url,
            tidy(entry.label),
            first_seen,
            seen,
            ended,
        )
        for region in (_regions(entry.regions) or platform.regions)
    ]
    return Read(subject, said.Offers(also, rows))


def _first_seen(begin: str | None) -> str | None:
    if not begin:
        return None
    return need_moment("begin", begin)[0][:10]


def _regions(regions: list[str]) -> list[str]:
    found = list(dict.fromkeys(region.strip().upper() for region in regions))
    for region in found:
        if not (len(region) == 2 and region.isascii() and region.isalpha()):
            raise Breach(f"regions: {shown(region)} is no two-letter country code")
    return found


def _ended(defunct: str | bool | None, seen: tuple[str, str] | None) -> str | None:
    """When an unknown site closed; one that closed at a time nobody names had closed when it was last looked at."""
    if not defunct:
        return None
    named = last_day(defunct) if isinstance(defunct, str) else None
    return named or (seen[0] if seen else "1970-01-01")
