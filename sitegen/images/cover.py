"""A cover as one SVG of 800 × 1200: outlined lettering, no font, no script, nothing from outside."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, pairwise
from typing import Any

from sitegen.images.composition import compose
from sitegen.images.lettering import outline
from sitegen.images.outlines import joined
from sitegen.images.palettes import Palette
from sitegen.images.shapes import HEIGHT, STEP, WIDTH, Bar, Boxes, Dots, Hill, Polygon, Ring, Shape
from sitegen.images.title import Title

EDGE = 70
"""How wide the edge around letters is, in thousandths of the em, half of it outside."""


def draw(id: str, latin: str, japanese: str) -> bytes:
    """The cover of an anime as SVG; the same id and titles give the same bytes, and no title is an error."""
    made = compose(id, latin, japanese)
    shapes = "".join(map(shape_as_svg, made.shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' stroke-linecap="round"><path fill="{made.palette.ground}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
        f"{shapes}{_title(made.title, made.palette)}</svg>"
    ).encode()


def shape_as_svg(shape: Shape) -> str:
    """One SVG element."""
    return _WRITERS[type(shape)](shape)


def _title(title: Title, colours: Palette) -> str:
    """All letters as one path; a thin edge in the colour of the ground keeps them readable on whatever lies behind."""
    placed = ((letter, outline(letter.face, letter.character, letter.turned)) for letter in title.letters)
    paths = [f"M{joined([letter.x + path.x, letter.y + path.y])}{path.path}" for letter, path in placed if path.path]
    if not paths:
        return ""
    return (
        f'<path transform="translate({title.left} {title.top})scale({title.size / 1000:g})" fill="{colours.ink}"'
        f' stroke="{colours.ground}" stroke-width="{EDGE}" stroke-linejoin="round" paint-order="stroke"'
        f' d="{"".join(paths)}"/>'
    )


def _dots(shape: Dots) -> str:
    """A stroke of no length with a round end is a disc, in fewer bytes than a circle."""
    if len(shape.points) == 1:
        ((x, y),) = shape.points
        return f'<circle cx="{x}" cy="{y}" r="{shape.r}" fill="{shape.fill}"/>'
    steps = ((x - a, y - b) for (a, b), (x, y) in pairwise(shape.points))
    path = f"M{joined([*shape.points[0]])}h0" + "".join(f"m{joined([*step])}h0" for step in steps)
    return f'<path stroke="{shape.fill}" stroke-width="{2 * shape.r}" d="{path}"/>'


def _ring(shape: Ring) -> str:
    return (f'<circle cx="{shape.x}" cy="{shape.y}" r="{shape.r}" fill="none" stroke="{shape.fill}"'
            f' stroke-width="{shape.width}"/>')  # fmt: skip


def _bar(shape: Bar) -> str:
    (x, y), (right, bottom) = shape.start, shape.end
    path = f"M{joined([x, y])}l{joined([right - x, bottom - y])}"
    return f'<path stroke="{shape.fill}" stroke-width="{shape.width}" d="{path}"/>'


def _polygon(shape: Polygon) -> str:
    steps = ((x - a, y - b) for (a, b), (x, y) in pairwise(shape.points))
    return f'<path fill="{shape.fill}" d="M{joined([*shape.points[0]])}l{joined([*chain.from_iterable(steps)])}z"/>'


def _boxes(shape: Boxes) -> str:
    path = "".join(f"M{joined([x, y])}h{width}v{height}h{-width}z" for x, y, width, height in shape.boxes)
    return f'<path fill="{shape.fill}" d="{path}"/>'


def _hill(shape: Hill) -> str:
    """One curve to each next height; how it arrives there mirrors how it goes on, so that there is no kink."""
    third, rises = round(STEP / 3), shape.rises
    ups = [after - before for before, after in pairwise(shape.heights)]
    curve = joined([third, rises[0], STEP - third, ups[0] - rises[1], STEP, ups[0]])
    more = [
        number for up, rise in zip(ups[1:], rises[2:], strict=True) for number in (STEP - third, up - rise, STEP, up)
    ]
    return f'<path fill="{shape.fill}" d="M0 {shape.heights[0]}c{curve}s{joined(more)}V{HEIGHT}H0z"/>'


_WRITERS: dict[type, Callable[[Any], str]] = {
    Dots: _dots,
    Ring: _ring,
    Bar: _bar,
    Polygon: _polygon,
    Boxes: _boxes,
    Hill: _hill,
}
