"""What lies behind a cover's title: shapes that come from a palette and a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sitegen.images.chance import Chance, seed
from sitegen.images.motifs import land, pattern, sky
from sitegen.images.palettes import Palette
from sitegen.images.shapes import CANVAS, Shape, meet

Motif: TypeAlias = Callable[[Palette, Chance], list[Shape]]
MOTIFS: tuple[Motif, ...] = (
    land.moon_hills, land.peaks, land.cone, land.skyline, land.lanes, land.terraces, land.gate, land.stalks,
    sky.sunburst, sky.eclipse, sky.signal, sky.meteors, sky.clouds, sky.sea, sky.orbit,
    pattern.slash, pattern.petals, pattern.waves, pattern.mirror, pattern.checks, pattern.lattice,
)  # fmt: skip


def of(id: str, palette: Palette) -> list[Shape]:
    """The motif of an anime in the colours of a palette, back to front."""
    start = seed(f"motif {id}")
    shapes = MOTIFS[start % len(MOTIFS)](palette, Chance(start))
    return [shape for shape in shapes if meet(shape.area, CANVAS)]
