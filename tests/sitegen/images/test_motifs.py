"""Every motif draws in every palette, from its seed alone."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from lxml import etree
from PIL import ImageStat

from sitegen.images.chance import Chance, seed
from sitegen.images.composition import Composition
from sitegen.images.cover import shape_as_svg
from sitegen.images.motifs import MOTIFS, Motif, of
from sitegen.images.motifs.land import hill
from sitegen.images.palettes import PALETTES
from sitegen.images.raster import picture
from sitegen.images.shapes import CANVAS, HEIGHT, STEP, WIDTH, meet
from sitegen.images.title import NONE

NIGHT = PALETTES["night"]


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_motif_draws_and_draws_the_same_again(motif: Motif) -> None:
    for start in range(20):
        shapes = motif(NIGHT, Chance(start))
        assert shapes == motif(NIGHT, Chance(start))
    assert motif(NIGHT, Chance(1)) != motif(NIGHT, Chance(2))


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_motif_can_be_seen_in_every_palette(motif: Motif) -> None:
    for palette in PALETTES.values():
        image = picture(Composition(palette, tuple(motif(palette, Chance(3))), NONE), 80)
        assert max(ImageStat.Stat(image).stddev) > 4, palette


def test_every_shape_of_a_cover_can_be_seen_on_it() -> None:
    for number in range(300):
        assert all(meet(shape.area, CANVAS) for shape in of(str(number), NIGHT))


def test_all_motifs_are_used_alike() -> None:
    counts = Counter(seed(f"motif {number}") % len(MOTIFS) for number in range(4200))
    assert len(counts) == len(MOTIFS) and max(counts.values()) < 2 * min(counts.values())
    assert of("1", NIGHT) == of("1", NIGHT) != of("2", NIGHT)


@pytest.mark.parametrize("phase", range(7))
def test_a_hill_has_no_kink(phase: int) -> None:
    """Each piece of the curve goes on in the direction in which the one before it arrives."""
    pen = RecordingPen()
    parse_path(etree.fromstring(shape_as_svg(hill(900, 40, 900, phase, "#000000"))).get("d"), pen)
    curves = [points for command, points in pen.value if command == "curveTo"]
    assert len(curves) == WIDTH // STEP
    for (_, before, (x, y)), (after, _, _) in pairwise(curves):
        assert (x - before[0], y - before[1]) == (after[0] - x, after[1] - y)


def test_a_hill_of_pixels_is_that_of_the_vector() -> None:
    made = hill(900, 40, 900, 1.2, "#000000")
    image = picture(Composition(NIGHT, (made,), NONE), WIDTH)
    for x in range(0, WIDTH, STEP):
        top = next(y for y in range(HEIGHT) if image.getpixel((x, y)) == (0, 0, 0))
        assert abs(top - made.heights[x // STEP]) <= 1
