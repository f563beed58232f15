"""A cover as plain facts: colours, shapes and a title, which a writer makes a vector or a raster of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sitegen.images import lettering, motifs, palettes
from sitegen.images.columns import columns
from sitegen.images.lines import lines
from sitegen.images.shapes import Shape, meet
from sitegen.images.title import NONE, Title

_EAST = re.compile(r"[぀-ヿ㐀-鿿ｦ-ﾟ]")


@dataclass(frozen=True)
class Composition:
    """A cover of 800 × 1200: shapes back to front, over them the title."""

    palette: palettes.Palette
    shapes: tuple[Shape, ...]
    title: Title


def compose(id: str, latin: str, japanese: str) -> Composition:
    """The cover of an anime; its colours and motif follow from the id alone."""
    palette = palettes.of(id)
    title = _title(latin, japanese)
    shapes = (_behind(shape, title, palette) for shape in motifs.of(id, palette))
    return Composition(palette, tuple(shapes), title)


def in_columns(japanese: str) -> bool:
    """Whether a title is Japanese that can be written, and so stands in columns."""
    return bool(_EAST.search(japanese)) and not lettering.loses(japanese, "japanese")


def _title(latin: str, japanese: str) -> Title:
    """Japanese in columns, else Latin in lines, else what can be written of either, else nothing."""
    if in_columns(japanese):
        return columns(lettering.written(japanese, "japanese"))
    for text in (latin, japanese):
        left = lettering.written(text)
        if left and (any(map(str.isalnum, left)) or not lettering.loses(text)):
            return lines(left)
    return NONE


def _behind(shape: Shape, title: Title, palette: palettes.Palette) -> Shape:
    """A shape behind the title is made quieter until the title can be read on it."""
    if not meet(shape.area, title.area):
        return shape
    return replace(shape, fill=palettes.quiet(shape.fill, palette.ink, palette.ground))
