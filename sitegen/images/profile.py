"""The image that a link to a profile shows: a share image with a name where a title stands."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sitegen.images import share
from sitegen.images.card_parts import Figures
from sitegen.images.lettering import written

MOST = 5
"""Covers that there is room for."""


class ProfileCard(NamedTuple):
    """What it says; of each cover the id of its anime, the Latin and the Japanese title."""

    name: str
    handle: str
    since: date
    figures: Figures
    covers: tuple[tuple[str, str, str], ...]
    brand: str


def draw(card: ProfileCard) -> bytes:
    """The image as JPEG, under 150 KB; the same card gives the same picture, and no name is an error."""
    name, since = _name(card.name), f"here since {card.since:%B %Y}"
    title, line = (name, f"@{card.handle} · {since}") if name else (f"@{card.handle}", since)
    return share.draw(share.ShareCard(title, "", line, card.figures, None, card.covers[:MOST], card.brand))


def _name(name: str) -> str:
    """A name without its emoji and the like; nothing where a letter of it cannot be written."""
    letters = [letter for letter in name if letter.isalpha()]
    return written(name) if letters and all(map(written, letters)) else ""
