"""Motifs of sky and water: suns, moons, clouds, stars, the sea."""

from __future__ import annotations

from math import cos, pi, sin

from sitegen.images.chance import Chance
from sitegen.images.motifs.land import hill
from sitegen.images.palettes import Palette, mix, quiet
from sitegen.images.shapes import HEIGHT, WIDTH, Bar, Boxes, Dots, Polygon, Ring, Shape, box, disc, polygon


def sunburst(colours: Palette, chance: Chance) -> list[Shape]:
    """A rising sun with its rays."""
    x, y, far, turn = chance.between(200, 320), chance.between(860, 930), 1600, chance.angle()
    fill = quiet(mix(colours.ground, colours.b, 0.7), colours.ink, colours.ground, 4.5)
    starts = (turn + pi / 6 * ray for ray in range(12))
    ends = [[(x + far * cos(at + part), y + far * sin(at + part)) for part in (0, pi / 12)] for at in starts]
    rays = [polygon([(x, y), *both], fill) for both in ends]
    return [*rays, disc(x, y, chance.between(220, 270), colours.a), box(0, 1080, WIDTH, 120, colours.c)]


def eclipse(colours: Palette, chance: Chance) -> list[Shape]:
    """A crescent in thin rain."""
    rain = [(chance.below(WIDTH), chance.below(700), 3, chance.between(80, 420)) for _ in range(22)]
    x, y, r = chance.between(290, 340), chance.between(690, 760), chance.between(270, 305)
    shadow = disc(x + 52, y - 44, r * 0.9, mix(colours.ground, colours.a, 0.06))
    return [Boxes(tuple(rain), mix(colours.ground, colours.b, 0.7)), disc(x, y, r, colours.a), shadow,
            hill(1090, 16, 1500, chance.angle(), colours.c)]  # fmt: skip


def signal(colours: Palette, chance: Chance) -> list[Shape]:
    """Rings from a corner under stars."""
    x, y, step = chance.between(120, 220), chance.between(1060, 1140), chance.between(90, 104)
    rings = [Ring(x, y, step * at + 60, 30, colours.a if at % 2 else colours.c) for at in range(7, 0, -1)]
    return [_stars(colours, chance, 46), *rings, disc(x, y, 86, colours.b)]


def meteors(colours: Palette, chance: Chance) -> list[Shape]:
    """Falling stars over a dark hill."""
    shapes: list[Shape] = [_stars(colours, chance, 40)]
    for row in range(6):
        x, y = chance.between(40, 700), 430 + row * 110 + chance.below(80)
        long, width = chance.between(140, 420), chance.pick((8, 14, 22))
        shapes.append(Bar((x + long, y - long), (x, y), width, (colours.a, colours.b, colours.c)[row % 3]))
        shapes.append(disc(x, y, width, colours.b if row % 3 != 1 else colours.a))
    return [*shapes, hill(1100, 26, 1000, chance.angle(), colours.c)]


def clouds(colours: Palette, chance: Chance) -> list[Shape]:
    """Bands of cloud across a great sun."""
    sun = disc(chance.between(260, 360), chance.between(680, 760), chance.between(240, 280), colours.a)
    bands: list[Shape] = []
    for row, y in enumerate(range(chance.between(560, 600), HEIGHT + 60, 84)):
        for _ in range(1 + row // 4):
            left, long = chance.between(-200, 460), chance.between(260, 560)
            bands.append(Bar((left, y), (left + long, y), 62, (colours.c, colours.b)[(row + chance.below(2)) % 2]))
    return [sun, *bands]


def sea(colours: Palette, chance: Chance) -> list[Shape]:
    """The sun on the horizon, and its light upon the water."""
    x, y, r = chance.between(260, 400), chance.between(740, 800), chance.between(200, 250)
    lights = [
        Bar((x - wide + shift, top), (x + wide + shift, top), 22, colours.a)
        for top, wide, shift in (
            (y + 52 + 58 * row, round(r * (0.95 - 0.11 * row)), chance.between(-46, 46)) for row in range(7)
        )
    ]
    ripples = [Bar((left, at), (left + chance.between(50, 130), at), 10, colours.b)
               for left, at in ((chance.below(WIDTH), chance.between(y + 60, HEIGHT)) for _ in range(12))]  # fmt: skip
    return [disc(x, y, r, colours.a), box(0, y, WIDTH, HEIGHT - y, colours.c), *ripples, *lights]


def orbit(colours: Palette, chance: Chance) -> list[Shape]:
    """A world with its ring, and a moon."""
    x, y, r = chance.between(320, 420), chance.between(780, 860), chance.between(200, 230)
    front, behind = (_band(x, y, r, first, fill) for first, fill in ((0, colours.b), (24, colours.c)))
    moon = disc(chance.between(110, 260), chance.between(430, 540), chance.between(40, 70), colours.b)
    return [_stars(colours, chance, 60), moon, behind, disc(x, y, r, colours.a), front]


def _band(x: int, y: int, r: int, first: int, fill: str) -> Polygon:
    """Half of a tilted ring around a world."""
    turns = [2 * pi * step / 48 for step in range(first, first + 25)]
    outer = [(1.85 * cos(turn), 0.5 * sin(turn)) for turn in turns]
    inner = [(1.5 * cos(turn), 0.36 * sin(turn)) for turn in reversed(turns)]
    across, up = cos(-0.38), sin(-0.38)
    return polygon([(x + r * (a * across - b * up), y + r * (a * up + b * across)) for a, b in outer + inner], fill)


def _stars(colours: Palette, chance: Chance, count: int) -> Dots:
    points = tuple((chance.below(WIDTH), chance.below(HEIGHT)) for _ in range(count))
    return Dots(points, 3, mix(colours.ground, colours.ink, 0.55))
