"""A title in Latin letters: large lines from the top left."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.images.lettering import ELLIPSIS, EM, FaceName, row
from sitegen.images.shapes import WIDTH
from sitegen.images.title import MARGIN, Title

SIZES = (210, 190, 172, 156, 142, 128, 116, 104, 94, 84, 76, 68, 60, 54, 48)
"""Pixels of the em, largest first."""
TALLEST = 640
"""Of all lines together, in pixels."""
LEADING = 0.98
TRACKS: dict[FaceName, int] = {"black": -18, "medium": 0, "japanese": 0}
"""What is added between two letters."""
CAP = 700
"""How high a capital letter is."""


def lines(text: str) -> Title:
    """The title at the largest size at which its words stay whole and its lines leave the motif room."""
    room = WIDTH - 2 * MARGIN
    size, made = fit(text, room, TALLEST, SIZES)
    letters = [
        letter._replace(y=round(at * LEADING * EM))
        for at, line in enumerate(made)
        for letter in row(line, "black", TRACKS["black"])[0]
    ]
    top = MARGIN + size * CAP // EM
    area = (MARGIN, MARGIN, MARGIN + room, round(top + (len(made) - 1) * size * LEADING + size * 0.25))
    return Title(tuple(letters), size, MARGIN, top, area)


def fit(text: str, room: int, tallest: int, sizes: Sequence[int], most: int = 99) -> tuple[int, list[str]]:
    """The first of the sizes at which a written text fits a room (pixels across, and of all lines), and its lines."""
    counts = [(size, min(most, int(tallest / (size * LEADING)))) for size in sizes]
    size, count = next((pair for pair in counts if _fits(text, room * EM // pair[0], pair[1])), counts[-1])
    return size, fitted(text, "black", room * EM // size, count)


def fitted(text: str, face: FaceName, room: int, most: int) -> list[str]:
    """A written text in at most `most` lines no wider than `room` units; what is too much ends in an ellipsis."""
    made = wrapped([piece for word in text.split() for piece in _pieces(word, face, room)], face, room)
    if len(made) <= most:
        return made
    return [*made[: most - 1], _ended(" ".join(made[most - 1 : most + 1]), face, room)]


def wrapped(words: list[str], face: FaceName, room: int) -> list[str]:
    """Words in lines, each as full as it can be."""
    made: list[str] = []
    for word in words:
        if made and width(f"{made[-1]} {word}", face) <= room:
            made[-1] += f" {word}"
        else:
            made.append(word)
    return made


def width(text: str, face: FaceName) -> int:
    """How wide a line is, in units."""
    return row(text, face, TRACKS[face])[1]


def _fits(text: str, room: int, most: int) -> bool:
    words = text.split()
    return all(width(word, "black") <= room for word in words) and len(wrapped(words, "black", room)) <= most


def _pieces(word: str, face: FaceName, room: int) -> list[str]:
    """A word, or where it is wider than a line, its parts."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, face) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _ended(line: str, face: FaceName, room: int) -> str:
    while line and width(line + ELLIPSIS, face) > room:
        line = line[:-1]
    return line.rstrip(" ,.:;-") + ELLIPSIS
