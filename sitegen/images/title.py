"""A title that is set: where its letters stand on a cover."""

from __future__ import annotations

from typing import NamedTuple

from sitegen.images.lettering import Letter
from sitegen.images.shapes import Area

MARGIN = 64


class Title(NamedTuple):
    """Letters of one size (pixels of the em), placed in thousandths of it from a point of the canvas."""

    letters: tuple[Letter, ...]
    size: int
    left: int
    top: int
    area: Area


NONE = Title((), 1, 0, 0, (0, 0, 0, 0))
