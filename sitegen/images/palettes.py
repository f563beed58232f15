"""The colours of covers: which an anime has, and the hue of its pages; light to import, for pages need it."""

from __future__ import annotations

from functools import cache
from math import atan2, degrees, hypot
from typing import NamedTuple

from sitegen.images.chance import seed


class Palette(NamedTuple):
    """Colours as #rrggbb: a ground, three for shapes, and the ink of the title, which reads on the ground."""

    ground: str
    a: str
    b: str
    c: str
    ink: str


PALETTES = {
    "dawn": Palette("#cfe0e3", "#f6e7c9", "#7fa6ac", "#2f5f6b", "#173b46"),
    "jade": Palette("#1f4d45", "#2f6b5e", "#e3b65b", "#173b35", "#f6efdc"),
    "ultramarine": Palette("#1b2250", "#2d3a8c", "#e6483d", "#0f1433", "#f4f1ea"),
    "camel": Palette("#e9d9bd", "#d9432f", "#f4ead6", "#20463f", "#1d2b2a"),
    "vermilion": Palette("#c93a25", "#9c2318", "#7d1a17", "#b52f20", "#fff3e4"),
    "wisteria": Palette("#c9bfe6", "#6f5fae", "#f3c85f", "#3a2f73", "#231b4d"),
    "sumi": Palette("#191a1c", "#c8102e", "#2a2c2f", "#3a3d41", "#efe9df"),
    "violet": Palette("#201433", "#6d3fb0", "#3a2160", "#c9a7ff", "#f1e8ff"),
    "young": Palette("#dfe9b8", "#5c9a4a", "#f7f5e1", "#244f2f", "#163a22"),
    "rust": Palette("#2b1d18", "#a8402a", "#47302a", "#6b2b1f", "#f0dfcf"),
    "sakura": Palette("#fbdfe3", "#ef8fa6", "#f7b9c5", "#c94f74", "#6b1735"),
    "asagi": Palette("#0f5b6b", "#1b7d8e", "#f2d24b", "#0a3f4c", "#f5fbfa"),
    "persimmon": Palette("#f1e4d3", "#e0662c", "#f4a261", "#2a2f3a", "#22262e"),
    "cream": Palette("#f3ead7", "#31506b", "#b8523f", "#e1d3b6", "#23303c"),
    "azuki": Palette("#5a1626", "#8f2438", "#e9b44c", "#3a0d18", "#fbeee2"),
    "lemon": Palette("#f6d94a", "#2d4ea2", "#ef6f5e", "#fff4b8", "#1b2a55"),
    "night": Palette("#12234a", "#22407d", "#f5d77a", "#0b1733", "#eef3ff"),
    "water": Palette("#bfe3df", "#2f7f86", "#f08a4b", "#1f4b57", "#12333d"),
    "moss": Palette("#39412c", "#5c6943", "#c8b560", "#252b1c", "#f3f0de"),
    "flame": Palette("#f08a24", "#f9c257", "#dd5a26", "#fbe3a8", "#4a1508"),
    "sky": Palette("#a9d3f0", "#f7f9fb", "#4a86bf", "#1e4f86", "#12345c"),
    "mist": Palette("#d9dde8", "#9fb0cc", "#e9b3b8", "#6f85ad", "#26334f"),
    "rose": Palette("#f0d5cf", "#c9707a", "#f8ebe4", "#7d2f45", "#561c30"),
    "amber": Palette("#f0dbb2", "#c9822b", "#8a4b16", "#5a2c0c", "#3d1d07"),
}
_IN_ORDER = tuple(PALETTES.values())
_SHARES = (0.55, 0.25, 0.1, 0.1)
"""Of a cover, about: what the ground and the three other colours take."""


def of(id: str) -> Palette:
    """The palette of an anime."""
    return _IN_ORDER[seed(id) % len(_IN_ORDER)]


def hue(id: str) -> int:
    """The page tint of an anime: which of 12 buckets of 30 degrees (OKLCH, 0 around a pinkish red) its colour is in."""
    return tint(of(id))


@cache
def tint(palette: Palette) -> int:
    """The bucket, 0 to 11, of a palette's most colourful area."""
    areas = [(*_chroma_and_angle(colour), share) for colour, share in zip(palette, _SHARES, strict=False)]
    _, angle = max((chroma * share, angle) for chroma, angle, share in areas)
    return round(angle / 30) % 12


@cache
def mix(one: str, other: str, share: float) -> str:
    """The colour on the way from one to the other."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


@cache
def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@cache
def quiet(fill: str, ink: str, ground: str, least: float = 3.0) -> str:
    """A colour as near to `fill` on the way to the ground as lets ink be read on it (3:1, as for large letters)."""
    return next(
        (made for step in range(10) if contrast(made := mix(fill, ground, step / 10), ink) >= least),
        ground,
    )


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
                        for v in (c / 255 for c in channels(colour)))  # fmt: skip
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _chroma_and_angle(colour: str) -> tuple[float, float]:
    """Of OKLCH (Björn Ottosson, 2020); the angle in degrees."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return hypot(a, b), degrees(atan2(b, a)) % 360
