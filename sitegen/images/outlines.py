"""The outline of a glyph as an SVG path in whole units, y downwards."""

from __future__ import annotations

from typing import Any

from fontTools.pens.basePen import BasePen


class Pen(BasePen):  # type: ignore[misc]
    """Writes relative commands: fewer digits than absolute ones; the first point is kept apart."""

    def __init__(self, glyphs: Any, turned: bool) -> None:
        super().__init__(glyphs)
        self.parts: list[str] = []
        self.first: tuple[int, int] | None = None
        self._turned = turned
        self._at = self._start = (0, 0)

    def _moveTo(self, point: tuple[float, float]) -> None:
        if self.first is None:
            self.first = self._at = self._whole(point)
        else:
            self._write("m", point)
        self._start = self._at

    def _lineTo(self, point: tuple[float, float]) -> None:
        (x, y), (left, top) = self._whole(point), self._at
        if x == left or y == top:
            self.parts.append(f"v{y - top}" if x == left else f"h{x - left}")
            self._at = (x, y)
        else:
            self._write("l", point)

    def _curveToOne(self, one: tuple[float, float], two: tuple[float, float], end: tuple[float, float]) -> None:
        self._write("c", one, two, end)

    def _qCurveToOne(self, one: tuple[float, float], end: tuple[float, float]) -> None:
        self._write("q", one, end)

    def _closePath(self) -> None:
        self.parts.append("z")
        self._at = self._start  # where a closed path leaves the pen

    def _write(self, command: str, *points: tuple[float, float]) -> None:
        x, y = self._at
        whole = [self._whole(point) for point in points]
        self.parts.append(command + joined([number for a, b in whole for number in (a - x, b - y)]))
        self._at = whole[-1]

    def _whole(self, point: tuple[float, float]) -> tuple[int, int]:
        x, y = round(point[0]), round(point[1])
        return (y, x) if self._turned else (x, -y)


def joined(numbers: list[int]) -> str:
    """`10 -5 3` as `10-5 3`: a minus sign parts numbers as well as a blank does."""
    return str(numbers[0]) + "".join(str(number) if number < 0 else f" {number}" for number in numbers[1:])
