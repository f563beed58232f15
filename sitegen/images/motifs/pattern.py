"""Motifs that are ornament: bands, petals, scales, lattices."""

from __future__ import annotations

from math import cos, pi, sin

from sitegen.images.chance import Chance
from sitegen.images.palettes import Palette, mix
from sitegen.images.shapes import HEIGHT, WIDTH, Boxes, Dots, Polygon, Shape, box, disc, polygon


def slash(colours: Palette, chance: Chance) -> list[Shape]:
    """Bands across a disc."""
    lift, shift = chance.between(280, 380), chance.between(-40, 60)
    shapes: list[Shape] = [disc(chance.between(260, 340), 760 + shift, chance.between(290, 340), colours.a)]
    for y, width, fill in ((520, 150, colours.c), (742, 46, colours.b), (850, 210, colours.c), (1120, 26, colours.b)):
        left, right = y + shift + lift * 0.62, y + shift - lift * 0.38
        shapes.append(polygon([(0, left), (WIDTH, right), (WIDTH, right + width), (0, left + width)], fill))
    return shapes


def petals(colours: Palette, chance: Chance) -> list[Shape]:
    """A flower and its drifting petals."""
    x, y, turn = chance.between(260, 340), chance.between(740, 820), chance.angle()
    flower = [
        disc(x + 190 * cos(at), y + 190 * sin(at), 188, colours.b if leaf % 2 else mix(colours.b, colours.a, 0.5))
        for leaf, at in enumerate(turn + leaf * 2 * pi / 5 for leaf in range(5))
    ]
    drift = [
        Dots(tuple((chance.below(WIDTH), chance.between(560, HEIGHT)) for _ in range(6)), r, fill)
        for r, fill in ((10, colours.a), (14, colours.c), (19, colours.a))
    ]
    return [*flower, disc(x, y, 92, colours.c), *drift]


def waves(colours: Palette, chance: Chance) -> list[Shape]:
    """The sea as overlapping scales, the sun above."""
    shapes: list[Shape] = [
        disc(chance.between(200, 320), chance.between(500, 580), chance.between(130, 180), colours.b)
    ]
    r = chance.pick((100, 134))
    scales = ((1, colours.c), (0.78, colours.a), (0.56, colours.c), (0.34, colours.a))
    for row, y in enumerate(range(840, HEIGHT + r, r // 2)):
        centres = tuple((x, y) for x in range(r if row % 2 else 0, WIDTH + r + 1, 2 * r))
        shapes += [Dots(centres, round(r * share), fill) for share, fill in scales]
    return shapes


def mirror(colours: Palette, chance: Chance) -> list[Shape]:
    """Two halves of a disc that do not meet."""
    x, y, r, drop = chance.between(370, 430), chance.between(800, 840), chance.between(290, 320), chance.between(40, 90)

    def half(side: int, middle: int, fill: str) -> Polygon:
        turns = (pi * step / 40 - pi / 2 for step in range(41))
        return polygon([(x + side * r * cos(at), middle + r * sin(at)) for at in turns], fill)

    eyes = Dots(((x - r * 2 // 5, y), (x + r * 2 // 5, y + drop)), r // 7, colours.ground)
    return [half(-1, y, colours.a), half(1, y + drop, colours.b), eyes, box(x - 2, y - r - 60, 4, HEIGHT, colours.ink)]


def checks(colours: Palette, chance: Chance) -> list[Shape]:
    """A chequered cloth below a disc."""
    size, top = chance.pick((80, 100)), chance.pick((720, 800))
    cells = [(x, y) for y in range(top, HEIGHT, size) for x in range(0, WIDTH, size) if (x + y) // size % 2]
    fall = [cell for cell in cells if chance.below(7) < 2 + (cell[1] - top) // size * 2]
    some = [chance.below(4) == 0 for _ in fall]
    boxes = [
        tuple((x, y, size, size) for (x, y), odd in zip(fall, some, strict=True) if odd is want)
        for want in (False, True)
    ]
    sun = disc(chance.between(210, 320), chance.between(560, 640), chance.between(160, 210), colours.a)
    return [sun, *(Boxes(group, fill) for group, fill in zip(boxes, (colours.c, colours.b), strict=True) if group)]


def lattice(colours: Palette, chance: Chance) -> list[Shape]:
    """Triangles of a hemp-leaf screen, some of them bright."""
    side, high = 160, 139
    shapes: list[Shape] = [
        disc(chance.between(220, 320), chance.between(500, 600), chance.between(150, 200), colours.b)
    ]
    for row in range(4):
        y = HEIGHT - (4 - row) * high
        for at in range(-1, 2 * WIDTH // side + 1):
            if chance.below(5) >= row + 2:
                continue
            x, up = at * side // 2, (at + row) % 2
            corners = (
                [(x, y + high), (x + side, y + high), (x + side // 2, y)]
                if up
                else [(x, y), (x + side, y), (x + side // 2, y + high)]
            )
            shapes.append(Polygon(tuple(corners), chance.pick((colours.a, colours.c, mix(colours.a, colours.c, 0.5)))))
    return shapes
