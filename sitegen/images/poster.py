"""A cover as a JPEG of 600 × 900, for those who take no vectors: structured data asks for 2:3."""

from __future__ import annotations

from sitegen.images.composition import compose
from sitegen.images.raster import jpeg, picture

WIDTH, HEIGHT = 600, 900


def draw(id: str, latin: str, japanese: str) -> bytes:
    """The cover of an anime as JPEG; the same id and titles give the same picture, and no title is an error."""
    return jpeg(picture(compose(id, latin, japanese), WIDTH))
