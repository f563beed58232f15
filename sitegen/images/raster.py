"""Pictures in pixels: shapes are drawn at three times the size and reduced, letters by FreeType."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from sitegen.images.composition import Composition
from sitegen.images.cover import EDGE
from sitegen.images.lettering import EM, FaceName, Letter, row, unpacked
from sitegen.images.lines import TRACKS
from sitegen.images.shapes import HEIGHT, STEP, WIDTH, Bar, Boxes, Dots, Hill, Polygon, Ring

FINER = 3
"""How many times finer than the picture its shapes are drawn, so that their edges are smooth."""
Draw = ImageDraw.ImageDraw


def picture(made: Composition, width: int) -> Image.Image:
    """A cover as an image `width` pixels wide and half as much again high."""
    height = width * HEIGHT // WIDTH
    fine = Image.new("RGB", (width * FINER, height * FINER), made.palette.ground)
    draw, scale = ImageDraw.Draw(fine), width * FINER / WIDTH
    for shape in made.shapes:
        _PAINTERS[type(shape)](draw, shape, scale)
    image = fine.reduce(FINER)
    letter(image, made, width / WIDTH)
    return image


def letter(image: Image.Image, made: Composition, scale: float, left: int = 0) -> None:
    """The title of a cover on an image, so many pixels to its unit, the cover's left side at `left`."""
    size, at = made.title.size * scale, (left + made.title.left * scale, made.title.top * scale)
    for fill, edge in ((made.palette.ground, EDGE * size / EM / 2), (made.palette.ink, 0)):
        for each in made.title.letters:
            write(image, each, size, at, fill, edge)


def jpeg(image: Image.Image, quality: int = 88) -> bytes:
    """An image as JPEG, colours as sharp as light and dark."""
    file = BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0, optimize=True)
    return file.getvalue()


def write(image: Image.Image, letter: Letter, size: float, at: tuple[float, float], fill: str, edge: float = 0) -> None:
    """One letter in an em of `size` pixels, its title's point of origin at `at`; `edge` widens it by so many pixels."""
    x, y = at[0] + letter.x * size / EM, at[1] + letter.y * size / EM
    face = font(letter.face, size)
    if not letter.turned:
        ImageDraw.Draw(image).text((x, y), letter.character, fill, face, "ls", stroke_width=edge)
        return
    middle = int(1.5 * size)
    mask, left, top = Image.new("L", (2 * middle + 1,) * 2), int(x), int(y)
    pen = (middle + y - top, middle - x + left)  # what is right and down after the turn lies down and left before it
    ImageDraw.Draw(mask).text(pen, letter.character, 255, face, "ls", stroke_width=edge)
    image.paste(fill, (left - middle, top - middle), mask.transpose(Image.Transpose.ROTATE_270))


def write_line(image: Image.Image, text: str, face: FaceName, size: float, at: tuple[float, float], fill: str) -> float:
    """A written text from a point on its baseline; how many pixels it takes."""
    letters, wide = row(text, face, TRACKS[face])
    for letter in letters:
        write(image, letter, size, at, fill)
    return wide * size / EM


@lru_cache(maxsize=64)
def font(face: FaceName, size: float) -> ImageFont.FreeTypeFont:
    """A face at an em of `size` pixels; letters are placed by us, so the simple layout will do everywhere."""
    return ImageFont.truetype(BytesIO(unpacked(face)), size, layout_engine=ImageFont.Layout.BASIC)


def _dots(draw: Draw, shape: Dots, scale: float) -> None:
    for x, y in shape.points:
        draw.ellipse(_square(x, y, shape.r, scale), shape.fill)


def _ring(draw: Draw, shape: Ring, scale: float) -> None:
    outer = _square(shape.x, shape.y, shape.r + shape.width / 2, scale)
    draw.ellipse(outer, outline=shape.fill, width=round(shape.width * scale))


def _bar(draw: Draw, shape: Bar, scale: float) -> None:
    (x, y), (right, bottom) = shape.start, shape.end
    draw.line((x * scale, y * scale, right * scale, bottom * scale), shape.fill, round(shape.width * scale))
    _dots(draw, Dots((shape.start, shape.end), shape.width // 2, shape.fill), scale)


def _polygon(draw: Draw, shape: Polygon, scale: float) -> None:
    draw.polygon([(x * scale, y * scale) for x, y in shape.points], shape.fill)


def _boxes(draw: Draw, shape: Boxes, scale: float) -> None:
    for x, y, width, height in shape.boxes:
        left, top, right, bottom = (round(side * scale) for side in (x, y, x + width, y + height))
        # Pillow draws its last row and column, too; what is thinner than a pixel is still to be seen.
        draw.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), shape.fill)


def _hill(draw: Draw, shape: Hill, scale: float) -> None:
    """Between two heights a cubic curve, in ten straight pieces."""
    points = [(0.0, float(shape.heights[0]))]
    for at, (start, end) in enumerate(pairwise(shape.heights)):
        rise, last = shape.rises[at : at + 2]
        points += [(STEP * (at + part / 10), _between(start, end, rise, last, part / 10)) for part in range(1, 11)]
    draw.polygon([(x * scale, y * scale) for x, y in [*points, (WIDTH, HEIGHT), (0, HEIGHT)]], shape.fill)


def _between(start: int, end: int, rise: int, last: int, t: float) -> float:
    other = 1 - t
    return other**3 * start + 3 * other**2 * t * (start + rise) + 3 * other * t**2 * (end - last) + t**3 * end


def _square(x: float, y: float, r: float, scale: float) -> tuple[float, float, float, float]:
    return ((x - r) * scale, (y - r) * scale, (x + r) * scale, (y + r) * scale)


_PAINTERS: dict[type, Callable[[Draw, Any, float], None]] = {
    Dots: _dots, Ring: _ring, Bar: _bar, Polygon: _polygon, Boxes: _boxes, Hill: _hill,
}  # fmt: skip
