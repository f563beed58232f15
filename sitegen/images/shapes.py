"""The shapes that pictures are made of: plain facts in whole units of a canvas of 800 × 1200, drawn in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

WIDTH, HEIGHT = 800, 1200
STEP = 100
"""The distance between two heights of a hill."""
Point: TypeAlias = tuple[int, int]
Area: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom."""
CANVAS: Area = (0, 0, WIDTH, HEIGHT)


@dataclass(frozen=True)
class Dots:
    """Equal discs around points."""

    points: tuple[Point, ...]
    r: int
    fill: str

    @cached_property
    def area(self) -> Area:
        """What the shape lies within."""
        return _around(self.points, self.r)


@dataclass(frozen=True)
class Ring:
    """A circle drawn with a pen of some width."""

    x: int
    y: int
    r: int
    width: int
    fill: str

    @cached_property
    def area(self) -> Area:
        """What the shape lies within."""
        return _around(((self.x, self.y),), self.r + self.width // 2)


@dataclass(frozen=True)
class Bar:
    """A straight stroke with round ends."""

    start: Point
    end: Point
    width: int
    fill: str

    @cached_property
    def area(self) -> Area:
        """What the shape lies within."""
        return _around((self.start, self.end), self.width // 2)


@dataclass(frozen=True)
class Polygon:
    """A closed outline of straight sides."""

    points: tuple[Point, ...]
    fill: str

    @cached_property
    def area(self) -> Area:
        """What the shape lies within."""
        return _around(self.points, 0)


@dataclass(frozen=True)
class Boxes:
    """Upright rectangles of one colour, each (left, top, width, height)."""

    boxes: tuple[tuple[int, int, int, int], ...]
    fill: str

    @cached_property
    def area(self) -> Area:
        """What the shape lies within."""
        return _around([(x + a * w, y + a * h) for x, y, w, h in self.boxes for a in (0, 1)], 0)


@dataclass(frozen=True)
class Hill:
    """Rolling ground down to the bottom: a height every STEP, and how much it changes there in a third of a step."""

    heights: tuple[int, ...]
    rises: tuple[int, ...]
    fill: str

    @cached_property
    def area(self) -> Area:
        """What the shape lies within."""
        return (0, min(self.heights), WIDTH, HEIGHT)


Shape: TypeAlias = Dots | Ring | Bar | Polygon | Boxes | Hill


def disc(x: float, y: float, r: float, fill: str) -> Dots:
    """One disc."""
    return Dots(((round(x), round(y)),), round(r), fill)


def polygon(points: list[tuple[float, float]], fill: str) -> Polygon:
    """A polygon whose corners are moved to whole units."""
    return Polygon(tuple((round(x), round(y)) for x, y in points), fill)


def box(x: float, y: float, width: float, height: float, fill: str) -> Boxes:
    """One rectangle."""
    return Boxes(((round(x), round(y), round(width), round(height)),), fill)


def meet(one: Area, other: Area) -> bool:
    """Whether two areas have a place in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(points: tuple[Point, ...] | list[Point], margin: int) -> Area:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)
