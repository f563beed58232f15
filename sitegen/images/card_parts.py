"""What share images are made of: lines, figures, the episode strip, the site's name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from PIL import Image, ImageDraw

from sitegen.images import palettes
from sitegen.images.lettering import EM, FaceName, written
from sitegen.images.lines import fitted, width
from sitegen.images.raster import write_line

FINER = 4
"""How many times finer than the picture round corners are drawn."""
MARKS = 60
"""As many episodes have a mark each; more of them are one bar."""
Figures: TypeAlias = tuple[tuple[str, str], ...]
"""Numbers as text, each with its label."""


@dataclass(frozen=True)
class Scheme:
    """The colours of a card: ground, ink, a softer ink for what is said beside, and marks of what is to come."""

    ground: str
    ink: str
    soft: str
    tick: str


PAPER = Scheme("#f4f2ee", "#1b1d21", "#5a5d65", "#cfccc5")


def one_line(
    image: Image.Image, text: str, face: FaceName, size: int, at: tuple[int, float], room: float, fill: str
) -> None:
    """A text on one line in a room of so many pixels; what is too much ends in an ellipsis."""
    write_line(image, _cut(text, face, size, room), face, size, at, fill)


def _cut(text: str, face: FaceName, size: int, room: float) -> str:
    return "".join(fitted(written(text, face), face, int(room * EM / size), 1))


def numbers(
    image: Image.Image, figures: Figures, at: tuple[int, int], room: int, scheme: Scheme, right: bool = False
) -> float:
    """Numbers large, labels small, side by side from a point, or to it, in a room; how much of it they take."""
    said = [(_cut(number, "black", 58, room), _cut(label, "medium", 23, room)) for number, label in figures[:3]]
    wide = [max(width(number, "black") * 58, width(label, "medium") * 23) / EM for number, label in said]
    total = sum(wide) + 48 * max(len(said) - 1, 0)
    scale = min(1.0, room / total) if total else 1.0
    x = at[0] - total * scale if right else float(at[0])
    for (number, label), each in zip(said, wide, strict=True):
        write_line(image, number, "black", 58 * scale, (x - 2, at[1]), scheme.ink)
        write_line(image, label, "medium", 23 * scale, (x, at[1] + 36), scheme.soft)
        x += (each + 48) * scale
    return total * scale


def strip(room: int, total: int, out: int, scheme: Scheme) -> Image.Image:
    """One mark for each episode, those that are out in ink; very many episodes are one bar."""
    fine = Image.new("RGB", (room * FINER, 14 * FINER), scheme.ground)
    draw, count = ImageDraw.Draw(fine), total if total <= MARKS else 1
    gap = min(6 * FINER, 0.2 * fine.width / count)
    step = (fine.width + gap) / count
    marks = [(at * step, (at + 1) * step - gap) for at in range(count)]
    inked = marks[: max(out, 0)] if total <= MARKS else [(0.0, fine.width * min(out / total, 1.0))]
    for ends, fill in ((marks, scheme.tick), (inked, scheme.ink)):
        for start, end in ends:
            draw.rounded_rectangle((start, 0, end - 1, fine.height - 1), FINER, fill)
    return fine.reduce(FINER)


def signature(image: Image.Image, brand: str, at: tuple[int, int], scheme: Scheme, right: bool = False) -> float:
    """Three bars and the site's name, from a point on the baseline or to it; how wide they are."""
    name = _cut(brand, "black", 24, 400)
    wide = 32 + width(name, "black") * 24 / EM
    x, y = (at[0] - wide if right else at[0]), at[1]
    draw = ImageDraw.Draw(image)
    for bar, fill in enumerate((scheme.ink, scheme.ink, scheme.tick)):
        draw.rectangle((round(x) + 8 * bar, y - 17, round(x) + 8 * bar + 5, y), fill)
    write_line(image, name, "black", 24, (x + 32, y), scheme.ink)
    return wide


@cache
def scheme_of(palette: palettes.Palette) -> Scheme:
    """The scheme of a card in the colours of a palette; its softer ink still reads on the ground."""
    tones = (palettes.mix(palette.ground, palette.ink, share / 100) for share in range(64, 100, 4))
    soft = next((tone for tone in tones if palettes.contrast(tone, palette.ground) >= 4.5), palette.ink)
    return Scheme(palette.ground, palette.ink, soft, palettes.mix(palette.ground, palette.ink, 0.3))
