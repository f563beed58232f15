"""Rules about pictures that are drawn after the pages: what a shared link shows, and the posters of films."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from tests.seo.survey import Breach, Survey

SHARED, FILM = (1200, 630), (2, 3)
NARROWEST, MOST_BYTES = 600, 1_000_000


def share_images(site: Survey) -> Iterator[Breach]:
    """every share image is 1200 × 630, every film's poster 2:3, both under 1 MB; those not drawn yet are answered"""
    named = {page.share: (path, SHARED) for path, page in site.pages.items() if page.share}
    named |= {poster: (path, FILM) for path, page in site.pages.items() for poster in page.posters}
    for picture, (path, shape) in named.items():
        body = site.read(picture)
        if body is None and (status := site.ask(picture)) != 200:
            yield path, f"{picture} answers {status}"
        elif body is not None and (wrong := _wrong(body, *shape)):
            yield path, f"{picture} is {wrong}"


def _wrong(body: bytes, wide: int, high: int) -> str:
    """What is wrong with a picture of this shape; nothing where it is good."""
    if len(body) > MOST_BYTES:
        return f"{len(body):,} bytes"
    try:
        found = Image.open(BytesIO(body))
    except UnidentifiedImageError:
        return "no picture"
    good = found.format in ("JPEG", "PNG") and found.width >= NARROWEST and found.width * high == found.height * wide
    return "" if good else f"{found.format} of {found.width} × {found.height}"
