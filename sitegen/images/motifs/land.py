"""Motifs with ground under them: hills, mountains, towns, roads."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, sin

from sitegen.images.chance import Chance
from sitegen.images.palettes import Palette, mix
from sitegen.images.shapes import HEIGHT, STEP, WIDTH, Boxes, Dots, Hill, Polygon, Shape, box, disc, polygon


def hill(base: float, rise: float, period: float, phase: float, fill: str) -> Hill:
    """Rolling ground from side to side: a long wave and a short one."""
    long, short = 2 * pi / period, 4.2 * pi / period
    places = range(0, WIDTH + 1, STEP)
    heights = (base + rise * (sin(long * x + phase) + 0.35 * sin(short * x + 1.7 * phase)) for x in places)
    slopes = (rise * (long * cos(long * x + phase) + 0.35 * short * cos(short * x + 1.7 * phase)) for x in places)
    return Hill(tuple(round(y) for y in heights), tuple(round(slope * STEP / 3) for slope in slopes), fill)


def moon_hills(colours: Palette, chance: Chance) -> list[Shape]:
    """A large moon over three hills, flowers on the nearest."""
    moon = disc(chance.between(230, 330), chance.between(440, 520), chance.between(200, 260), colours.a)
    hills = [
        hill(base, rise, chance.between(800, 1100), chance.angle(), mix(colours.b, colours.c, share))
        for base, rise, share in ((750, 38, 0), (880, 44, 0.5), (1010, 36, 1))
    ]
    flowers = [(chance.below(WIDTH), chance.between(1075, 1190)) for _ in range(40)]
    return [moon, *hills, Dots(tuple(flowers), 4, mix(colours.a, colours.b, 0.25))]


def peaks(colours: Palette, chance: Chance) -> list[Shape]:
    """Three mountains lit from the left, the sun between them."""
    sides = (
        (chance.between(560, 640), chance.between(740, 800), 420, mix(colours.a, colours.c, 0.25), colours.c),
        (chance.between(210, 290), chance.between(540, 620), 430, colours.a, mix(colours.a, colours.c, 0.55)),
        (chance.between(400, 480), chance.between(930, 990), 260, mix(colours.a, colours.ground, 0.35),
         mix(colours.c, colours.a, 0.2)),
    )  # fmt: skip
    shapes: list[Shape] = [disc(chance.between(480, 540), chance.between(720, 790), 150, colours.b)]
    for x, y, width, left, right in sides:
        shapes.append(polygon([(x, y), (x - width, HEIGHT), (x, HEIGHT)], left))
        shapes.append(polygon([(x, y), (x + width * 0.8, HEIGHT), (x, HEIGHT)], right))
    return shapes


def cone(colours: Palette, chance: Chance) -> list[Shape]:
    """One great mountain with snow on top, the sun beside it, woods before it."""
    x, top = chance.between(300, 420), chance.between(640, 720)
    tall = HEIGHT - top
    side = [(t, top + tall * (1 - (1 - t) ** 1.7)) for t in (0.07 + 0.0775 * step for step in range(13))]
    outline = [(x - 760 * t, y) for t, y in reversed(side)] + [(x + 760 * t, y) for t, y in side]
    left = next((x - 760 * t, y) for t, y in side if t > 0.2)
    edge = [(x + dx, left[1] + dy) for dx, dy in ((95, 0), (52, -34), (8, 22), (-44, -40), (-92, 14))]
    snow = [point for point in outline if point[1] <= left[1]]
    sun = disc(chance.between(150, 240), chance.between(430, 520), chance.between(100, 140), colours.a)
    return [sun, polygon(outline, colours.c), polygon([*snow, *edge], colours.b),
            hill(1090, 18, 700, chance.angle(), mix(colours.c, colours.a, 0.45))]  # fmt: skip


def skyline(colours: Palette, chance: Chance) -> list[Shape]:
    """A town at night, some windows lit."""
    far = list(_houses(chance, (70, 90, 110, 140), 260, 520, 8))
    near = tuple(_houses(chance, (120, 160, 190), 90, 250, 0))
    lit = [
        (x, y, 13, 18)
        for left, top, width, _ in far
        for x in range(left + 16, left + width - 24, 32)
        for y in range(top + 26, min(top + 230, 1080), 44)
        if chance.below(5) < 2
    ]
    moon = disc(chance.between(220, 300), chance.between(520, 600), chance.between(130, 180), colours.b)
    return [moon, Boxes(tuple(far), colours.a), Boxes(tuple(lit), colours.ground), Boxes(near, colours.c)]


def _houses(
    chance: Chance, widths: tuple[int, ...], low: int, high: int, gap: int
) -> Iterator[tuple[int, int, int, int]]:
    x = -chance.below(60)
    while x < WIDTH:
        width, height = chance.pick(widths), chance.between(low, high)
        yield x, HEIGHT - height, width, height
        x += width + gap


def lanes(colours: Palette, chance: Chance) -> list[Shape]:
    """A road to the horizon."""
    x, y = chance.between(520, 640), chance.between(680, 760)
    fans = ((-1500, 2600, colours.c), (-760, -600, colours.a), (-300, 90, colours.a),
            (330, 372, colours.b), (640, 1030, colours.a))  # fmt: skip
    sun = disc(chance.between(210, 290), chance.between(500, 570), chance.between(150, 190), colours.b)
    return [
        sun,
        *(Polygon(((x - 3, y), (x + 3, y), (right, HEIGHT), (left, HEIGHT)), fill) for left, right, fill in fans),
    ]


def terraces(colours: Palette, chance: Chance) -> list[Shape]:
    """Steps of land, as a game of long ago would draw them."""
    shapes: list[Shape] = [disc(chance.between(210, 300), chance.between(460, 540), 170, colours.b)]
    for low, high, fill in (
        (640, 800, mix(colours.ground, colours.a, 0.45)),
        (800, 950, colours.a),
        (970, 1100, colours.c),
    ):
        y, steps = (low + high) // 2, []
        for x in range(0, WIDTH, 50):
            y = max(low, min(high, y + chance.pick((-50, 0, 0, 50))))
            steps.append((x, y, 51, HEIGHT - y))
        shapes.append(Boxes(tuple(steps), fill))
    return shapes


def gate(colours: Palette, chance: Chance) -> list[Shape]:
    """A shrine's gate before a low sun."""
    x, top = chance.between(290, 360), chance.between(690, 740)
    corners = ((-290, -26), (0, 0), (290, -26), (270, 44), (0, 56), (-270, 44))
    roof = Polygon(tuple((x + right, top + down) for right, down in corners), colours.c)
    sun = disc(x + chance.between(-60, 60), chance.between(720, 800), chance.between(210, 250), colours.a)
    beams = Boxes(((x - 225, top + 130, 450, 40), (x - 22, top + 50, 44, 84)), colours.c)
    posts = [
        Polygon(
            tuple((x + side * out, y) for out, y in ((150, top + 50), (196, top + 50), (214, HEIGHT), (160, HEIGHT))),
            colours.c,
        )
        for side in (-1, 1)
    ]
    return [sun, roof, beams, *posts, hill(1090, 16, 1100, chance.angle(), colours.b)]


def stalks(colours: Palette, chance: Chance) -> list[Shape]:
    """Bamboo, the moon behind it."""
    shapes: list[Shape] = [
        disc(chance.between(260, 380), chance.between(640, 780), chance.between(220, 270), colours.a)
    ]
    for x, fill in (
        (40, colours.c),
        (160, mix(colours.c, colours.ground, 0.45)),
        (300, colours.c),
        (430, mix(colours.c, colours.ground, 0.6)),
        (560, colours.b),
        (700, colours.c),
    ):
        left, width = x + chance.between(-30, 30), chance.between(34, 56)
        top = chance.between(-100, 0) if x < 200 else chance.between(700, 900)
        shapes.append(box(left, top, width, HEIGHT - top, fill))
        joints = range(top + chance.between(60, 200), HEIGHT, chance.between(170, 230))
        shapes.append(Boxes(tuple((left - 4, y, width + 8, 8) for y in joints), colours.ground))
    return shapes
