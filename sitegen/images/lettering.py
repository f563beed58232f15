"""Outlined lettering: what the faces in fonts/ can write, how wide it is, and its outlines.

Units are thousandths of an em; y grows downwards from the baseline.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias
from unicodedata import category, normalize

from fontTools.ttLib import TTFont

from sitegen.images.outlines import Pen

FaceName: TypeAlias = Literal["black", "medium", "japanese"]
FACES: Final[dict[FaceName, str]] = {"black": "black.woff2", "medium": "medium.woff2", "japanese": "lettering.woff2"}
EM = 1000
ASCENT = 880
"""How far above the baseline the box of a full-width character begins."""
UPRIGHT = 0xF0000
"""Where in `japanese` the forms for columns begin: that of 「 (U+300C) is U+F300C."""
ELLIPSIS = "…"
LONGEST = 600
"""Characters of a text that are looked at: more than any picture has room for."""
_WIDE = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
_NARROW = {wide: code for code, wide in _WIDE.items() if chr(code).isalnum()}
"""Full-width signs stay, full-width letters and digits are set as any other."""
_HALF_WIDTH = re.compile("[ｦ-ﾟ]+")
_UNSEEN = ("Cc", "Cf")
"""Categories of characters that leave no mark."""


class Letter(NamedTuple):
    """A character of a face where it is to stand; `turned` is a quarter to the right, as Latin lies in a column."""

    face: FaceName
    character: str
    x: int
    y: int
    turned: bool = False


class Outline(NamedTuple):
    """Where a glyph's path begins, and the rest of it as relative SVG commands; nothing for a blank."""

    x: int
    y: int
    path: str


def written(text: str, face: FaceName = "black") -> str:
    """A text on one line, cut to what `face` or else the Japanese face can write."""
    kept = (character if _face_of(character, face) else _plain(character, face) for character in _plainer(text))
    return " ".join("".join(kept).split())


def loses(text: str, face: FaceName = "black") -> bool:
    """Whether `written` leaves a character out."""
    shown = (character for character in _plainer(text) if category(character) not in _UNSEEN)
    return any(not (_face_of(character, face) or _plain(character, face)) for character in shown)


def _plainer(text: str) -> str:
    text = _HALF_WIDTH.sub(lambda kana: normalize("NFKC", kana.group()), text[:LONGEST])
    return normalize("NFC", text).translate(_NARROW)


def row(text: str, face: FaceName, track: int = 0) -> tuple[list[Letter], int]:
    """The letters of a written text side by side on the baseline from 0, and how wide they are."""
    letters, x, before = [], 0, ""
    for character in text:
        own = _face_of(character, face)
        if own is None:
            continue
        x += _face(own).kerning.get(before + character, 0)
        letters.append(Letter(own, character, x, 0))
        x, before = x + advance(own, character) + track, character
    return letters, max(x - track, 0)


def upright(character: str) -> str:
    """The character of the Japanese face that stands for another in a column; signs are as wide as ideographs there."""
    wide = character if character.isalnum() else normalize("NFKC", character).translate(_WIDE)
    code = ord(wide) if len(wide) == 1 else ord(character)
    return next(chr(form) for form in (UPRIGHT + code, code, ord(character)) if form in _face("japanese").names)


@cache
def advance(face: FaceName, character: str) -> int:
    """How far the next character lies."""
    return _face(face).advance(character)


@cache
def outline(face: FaceName, character: str, turned: bool = False) -> Outline:
    """The outline of a character in whole units."""
    return _face(face).outline(character, turned)


@cache
def unpacked(face: FaceName) -> bytes:
    """The face as plain OpenType, which opens at once at any size; the file in fonts/ takes 20 ms each time."""
    font, plain = TTFont(Path(__file__).with_name("fonts") / FACES[face], recalcTimestamp=False), BytesIO()
    font.flavor = None
    font.save(plain)
    return plain.getvalue()


@cache
def _face(name: FaceName) -> _Face:
    return _Face(name)


@cache
def _face_of(character: str, first: FaceName) -> FaceName | None:
    return next((name for name in (first, "japanese") if ord(character) in _face(name).names), None)


@cache
def _plain(character: str, face: FaceName) -> str:
    """What says the same in plainer characters (㎏ as kg); a blank stays one, what cannot be written goes."""
    if character.isspace():
        return " "
    plain = normalize("NFKC", character)
    return plain if all(_face_of(part, face) for part in plain) else ""


class _Face:
    """A face: its characters (code point → glyph), kerning and outlines."""

    def __init__(self, name: FaceName) -> None:
        font = TTFont(BytesIO(unpacked(name)), lazy=True)
        self.names: dict[int, str] = font.getBestCmap()
        self._glyphs = font.getGlyphSet()
        back = {glyph: chr(code) for code, glyph in self.names.items()}
        pairs = font["kern"].kernTables[0].kernTable if "kern" in font else {}
        self.kerning = {back[one] + back[other]: value for (one, other), value in pairs.items()}

    def advance(self, character: str) -> int:
        return int(self._glyphs[self.names[ord(character)]].width)

    def outline(self, character: str, turned: bool) -> Outline:
        pen = Pen(self._glyphs, turned)
        self._glyphs[self.names[ord(character)]].draw(pen)
        return Outline(*(pen.first or (0, 0)), "".join(pen.parts))
