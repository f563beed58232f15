"""A Japanese title: columns from the top right, cut where the eye would pause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from math import inf
from typing import NamedTuple, TypeAlias

from sitegen.images.lettering import ASCENT, ELLIPSIS, EM, Letter, advance, row, upright
from sitegen.images.shapes import WIDTH
from sitegen.images.title import MARGIN, Title

LARGEST, TALLEST, MOST = 146, 750, 6
"""Pixels of the em; pixels of a column; columns."""
LAG, GAP = 600, 1140
"""Every column but the first begins lower; how far apart columns are."""
LONGEST = 80 * EM
MIDDLE = 370
"""How high above the baseline the middle of Latin letters is."""
_TOKENS = re.compile(
    r"(?P<blank>\s+)|(?P<pair>[!?！？]{2}(?![!?！？])|(?<!\d)\d\d(?!\d))"
    r"|(?P<latin>[0-9A-Za-zÀ-ÖØ-öø-ſ](?:[0-9A-Za-zÀ-ÖØ-öø-ſ'’.,:&+/-]{0,18}[0-9A-Za-zÀ-ÖØ-öø-ſ])?)|(?P<one>.)"
)
_STACKED = re.compile(r"[0-9A-Z]{1,4}|.")
_LOW = "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー、。，．・：；！？!?」』）】〉》〕］｝)]…～〜々"
"""What must not begin a column."""
_OPEN = "「『（【〈《〔［｛(["
_MARKS = {ord("！"): "!", ord("？"): "?"}
_DASHES = "-‐‑–—－−"
_PAUSE = "、。，．・：；！？!?」』）】〉》〕］｝)]…～〜"
Ends: TypeAlias = tuple[int, ...]


class Cell(NamedTuple):
    """What stays together in a column: its letters around x = 0 below y = 0, its height, and its text."""

    letters: tuple[Letter, ...]
    height: int
    text: str


def columns(text: str) -> Title:
    """The title at the largest size its columns allow, cut as few times as that allows."""
    cells = _cells(text)
    sets = [made for count in range(1, MOST + 1) if (made := _set(cells, count))]
    parts, size, _ = max(sets, key=lambda made: made[2])
    letters: list[Letter] = []
    for at, column in enumerate(parts):
        y = LAG if at else 0
        for cell in column:
            letters += [letter._replace(x=letter.x - at * GAP, y=letter.y + y) for letter in cell.letters]
            y += cell.height
    deep = max(_height(column) + (LAG if at else 0) for at, column in enumerate(parts))
    left = WIDTH - MARGIN - size // 2
    area = (left - size * (len(parts) - 1) * GAP // EM - size // 2, MARGIN, WIDTH - MARGIN, MARGIN + size * deep // EM)
    return Title(tuple(letters), size, left, MARGIN, area)


def _cells(text: str) -> list[Cell]:
    cells: list[Cell] = []
    for match in _TOKENS.finditer(text):
        cells += _CELLS[match.lastgroup or "one"](match.group())
    kept: list[Cell] = []
    height = 0
    for cell in cells:
        height += cell.height
        if height > LONGEST:
            return [*kept, *_one(ELLIPSIS)]
        kept.append(cell)
    return kept


def _blank(text: str) -> list[Cell]:
    return [Cell((), 300, " ")]


def _one(text: str) -> list[Cell]:
    """A character in a square of its own; a dash is turned."""
    if text in _DASHES:
        return [Cell((Letter("japanese", "－", -MIDDLE, 0, True),), EM, text)]
    form = upright(text)
    return [Cell((Letter("japanese", form, -advance("japanese", form) // 2, ASCENT),), EM, text)]


def _pair(text: str) -> list[Cell]:
    """Two digits, or two marks, side by side."""
    letters, wide = row(text.translate(_MARKS), "japanese")
    return [Cell(tuple(letter._replace(x=letter.x - wide // 2, y=ASCENT) for letter in letters), EM, text)]


def _latin(text: str) -> list[Cell]:
    """A few capitals one below the other, a longer word turned."""
    if _STACKED.fullmatch(text):
        return [cell for character in text for cell in _one(character)]
    letters, wide = row(text, "japanese")
    turned = tuple(Letter("japanese", letter.character, -MIDDLE, letter.x + 60, True) for letter in letters)
    return [Cell(turned, wide + 120, text)]


_CELLS = {"blank": _blank, "pair": _pair, "latin": _latin, "one": _one}


def _set(cells: list[Cell], count: int) -> tuple[list[list[Cell]], int, float] | None:
    """The title in so many columns: the columns, the size and how good that is; None where it cannot be cut so."""
    cost, ends = _cut(cells, count)
    if cost == inf:
        return None
    starts = (0, *ends[:-1])
    parts = [_trimmed(cells[start:end]) for start, end in zip(starts, ends, strict=True)]
    longest = max(_height(part) + (LAG if at else 0) for at, part in enumerate(parts))
    across = (WIDTH - 2 * MARGIN) * EM // (EM + (count - 1) * GAP)
    size = min(LARGEST, TALLEST * EM // max(longest, 1), across)
    return parts, size, size / (1 + 0.03 * cost + 0.03 * count)


def _cut(cells: list[Cell], count: int) -> tuple[float, Ends]:
    """The cheapest cut in columns of about one height: what it costs, and where each column ends."""
    fair = _height(cells) / count
    best: dict[int, tuple[float, Ends]] = {0: (0.0, ())}
    for column in range(count):
        following: dict[int, tuple[float, Ends]] = {}
        for start, (cost, ends) in best.items():
            for end, height in _reach(cells, start, 1.6 * fair, last=column == count - 1):
                price = cost + 2.5 * ((height - fair) / fair) ** 2 * count
                if end < len(cells):
                    price += _price(cells[end - 1].text[-1], cells[end].text[0])
                if end not in following or price < following[end][0]:
                    following[end] = (price, (*ends, end))
        best = following
    return best.get(len(cells), (inf, ()))


def _reach(cells: list[Cell], start: int, limit: float, last: bool) -> Iterator[tuple[int, int]]:
    """Where a column may end, and how high it is then: the last one takes all that is left, others leave something."""
    height = 0
    for end in range(start + 1, len(cells) + 1):
        height += cells[end - 1].height
        if height > limit and end > start + 1:
            return
        if last == (end == len(cells)):
            yield end, height


@cache
def _price(before: str, after: str) -> float:
    """What it costs the reader to go to another column between two characters."""
    if after in _LOW or before in _OPEN:
        return 60
    if " " in (before, after) or before in _PAUSE or after in _OPEN:
        return 0
    return _PRICES.get((_kind(before), _kind(after)), 4)


_PRICES = {
    ("hiragana", "kanji"): 2, ("hiragana", "katakana"): 2, ("katakana", "hiragana"): 6, ("kanji", "hiragana"): 11,
    ("katakana", "katakana"): 15, ("hiragana", "hiragana"): 8, ("kanji", "kanji"): 7, ("narrow", "narrow"): 30,
}  # fmt: skip


def _kind(character: str) -> str:
    if character.isascii() and character.isalnum():
        return "narrow"
    if "぀" <= character <= "ゟ":
        return "hiragana"
    if "゠" <= character <= "ヿ":
        return "katakana"
    return "kanji" if "㐀" <= character <= "鿿" else "other"


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while len(cells) > 1 and cells[0].text == " ":
        cells = cells[1:]
    while len(cells) > 1 and cells[-1].text == " ":
        cells = cells[:-1]
    return cells


def _height(cells: list[Cell]) -> int:
    return sum(cell.height for cell in cells)
