"""The rules over a record that its shape cannot express: dates that exist, addresses one can follow, clean text.

Breach (a DomainError)   a record breaks a rule; names the field
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from domain.errors import Invalid

PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:/[!-~]*)?")
"""What nearly every address looks like; the others are looked at closely."""
YEARS = range(1900, 2101)
DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
UNSEEN = re.compile(r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
"""Control characters that are no white space: HTML forbids most of them, and nobody means one in a title."""
SEASON_START = {
    "winter": "01",
    "spring": "04",
    "summer": "07",
    "fall": "10",
    "autumn": "10",
}


class Breach(Invalid):
    """A record breaks a rule; the message names the field."""


def unique(field: str, values: list[str]) -> None:
    if len(values) != len(set(values)):
        twice = next(value for value in values if values.count(value) > 1)
        raise Breach(f"{field}: names {twice!r} twice")


def web_address(field: str, url: str) -> str:
    """An address that a reader can follow; raises Breach otherwise."""
    if PLAIN_ADDRESS.fullmatch(url) and len(url) <= 2000:
        return url
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise Breach(f"{field}: {shown(url)} is not an http(s) address")
    if parts.username is not None or parts.password is not None:
        raise Breach(f"{field}: {shown(url)} carries a user name")
    if len(url) > 2000:
        raise Breach(f"{field}: is longer than 2,000 characters")
    if not url.isprintable() or " " in url:
        raise Breach(f"{field}: {shown(url)} holds a blank or control character")
    return url


def shown(value: str) -> str:
    """A value for a message, cut to a readable length."""
    return repr(value if len(value) <= 80 else value[:79] + "…")


@lru_cache(65536)
def day(text: str) -> tuple[str, str] | None:
    """`1998-04-03`, `1998-04` or `1998` as (ISO date, precision); None for a date that does not exist."""
    found = DATE.fullmatch(text)
    if not found or int(found[1]) not in YEARS:
        return None
    precision = "day" if found[3] else "month" if found[2] else "year"
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)).isoformat(), precision
    except ValueError:
        return None


def need_day(field: str, text: str) -> tuple[str, str]:
    found = day(text)
    if found is None:
        raise Breach(f"{field}: {shown(text)} is not a date")
    return found


@lru_cache(65536)
def moment(text: str) -> tuple[str, str] | None:
    """When something airs as (UTC time, precision): a day, or a minute where a time with an offset is given."""
    found = day(text)
    if found is not None:
        return (f"{found[0]} 00:00+00", "day") if found[1] == "day" else None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or at.year not in YEARS:
            return None
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M+00"), "minute"
    except (ValueError, OverflowError):
        return None


def need_moment(field: str, text: str) -> tuple[str, str]:
    found = moment(text)
    if found is None:
        raise Breach(f"{field}: {shown(text)} is not a date")
    return found


def checked(text: str | None) -> tuple[str, str] | None:
    """When a feed last looked: `2026`, `2021-07`, `2026-11-22` or `spring_2022`; None for other words."""
    if not text:
        return None
    season, _, year = text.lower().partition("_")
    if season in SEASON_START:
        return day(f"{year}-{SEASON_START[season]}")
    return day(text)


def tidy(text: str | None) -> str | None:
    """A title or name on one line without blanks around it, with apostrophes where AniDB writes backticks."""
    if not text:
        return None
    if not text.isprintable():
        text = UNSEEN.sub("", text)
    return " ".join(text.replace("`", "'").split()) or None
