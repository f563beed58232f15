"""The image that a shared link shows, a JPEG of 1200 × 630: words at the left, drawn art at the right or below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from PIL import Image, ImageDraw

from sitegen.images import palettes
from sitegen.images.card_parts import FINER, PAPER, Figures, Scheme, numbers, one_line, scheme_of, signature, strip
from sitegen.images.composition import compose, in_columns
from sitegen.images.lettering import EM, loses, written
from sitegen.images.lines import LEADING, fit, fitted
from sitegen.images.raster import jpeg, letter, picture, write_line
from sitegen.images.shapes import HEIGHT as COVER_HEIGHT
from sitegen.images.title import NONE

WIDTH, HEIGHT = 1200, 630
MARGIN = 64
ART, FADE = 420, 90
"""How wide one cover is, and over how much of that it grows out of the ground."""
SMALL, GAP, SMALL_TOP = 200, 18, 338
SIZES = tuple(range(120, 36, -4))
"""Pixels of the title's em, largest first."""
QUALITIES, MOST_BYTES = (84, 72, 50, 20, 1), 150_000
ACCENT = "#c93a1e"


@dataclass(frozen=True)
class ShareCard:
    """What a share image says; all but the brand may be empty."""

    title: str
    native: str
    line: str
    figures: Figures
    strip: tuple[int, int] | None
    covers: tuple[tuple[str, str, str], ...]
    brand: str


def draw(card: ShareCard) -> bytes:
    """The image as JPEG, under 150 KB; the same card gives the same picture, and no text is an error."""
    if not card.title and not card.covers:
        image = _brand_alone(card)
    else:
        image = _one(card) if len(card.covers) == 1 else _several(card)
    sizes = (jpeg(image, quality) for quality in QUALITIES)
    return next(made for made in sizes if len(made) < MOST_BYTES)


def _one(card: ShareCard) -> Image.Image:
    """In the colours of its cover, which runs into the ground; a Latin title is not said twice."""
    ((id, _, japanese),) = card.covers
    made = compose(id, "", japanese if in_columns(japanese) else "")
    scheme, room = scheme_of(made.palette), WIDTH - ART - MARGIN - 36
    image = Image.new("RGB", (WIDTH, HEIGHT), scheme.ground)
    image.paste(picture(replace(made, title=NONE), ART), (WIDTH - ART, 0), _fading())
    letter(image, made, HEIGHT / COVER_HEIGHT, WIDTH - ART)
    one_line(image, card.line, "medium", 28, (MARGIN, 98), room, scheme.soft)
    _titles(image, card, (room, 236), scheme)
    numbers(image, card.figures, (MARGIN, 452), room, scheme)
    if card.strip and card.strip[0] > 0:
        image.paste(strip(room, *card.strip, scheme), (MARGIN, 516))
    signature(image, card.brand, (MARGIN, 582), scheme)
    return image


def _several(card: ShareCard) -> Image.Image:
    """On paper, over a row of up to five covers that stand at the right; where there is none, the mark does."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER.ground)
    if not card.covers:
        _mark(image, SMALL_TOP)
    for at, cover in enumerate(reversed(card.covers[:5])):
        x = WIDTH - MARGIN - SMALL - at * (SMALL + GAP)
        image.paste(picture(compose(*cover), SMALL), (x, SMALL_TOP), _rounded())
    wide = signature(image, card.brand, (WIDTH - MARGIN, 98), PAPER, right=True)
    one_line(image, card.line, "medium", 28, (MARGIN, 98), WIDTH - 2 * MARGIN - wide - 40, PAPER.soft)
    figures = numbers(image, card.figures, (WIDTH - MARGIN, 196), 420, PAPER, right=True)
    _titles(image, card, (WIDTH - 2 * MARGIN - (round(figures) + 56 if figures else 0), 180), PAPER)
    return image


def _brand_alone(card: ShareCard) -> Image.Image:
    """The site itself: its name, its line, and its mark as tall as the card."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER.ground)
    _mark(image, 0)
    y = _title(image, written(card.brand), (MARGIN, 210), (680, 240), PAPER.ink)
    for at, line in enumerate(fitted(written(card.line, "medium"), "medium", 680 * EM // 34, 3)):
        write_line(image, line, "medium", 34, (MARGIN, y + 46 + 44 * at), PAPER.soft)
    return image


def _mark(image: Image.Image, top: int) -> None:
    """Three bars at the right, from so many pixels below its upper edge to the lower one."""
    draw = ImageDraw.Draw(image)
    for at, fill in enumerate((ACCENT, ACCENT, palettes.mix(PAPER.ground, ACCENT, 0.3))):
        draw.rectangle((792 + at * 136, top, 792 + at * 136 + 101, HEIGHT), fill)


def _titles(image: Image.Image, card: ShareCard, room: tuple[int, int], scheme: Scheme) -> None:
    """The title, and below it, where it is another one and can be written, the native title."""
    title, native = written(card.title), "" if loses(card.native, "japanese") else written(card.native, "japanese")
    if not title or native == title:
        title, native = title or native, ""
    y = _title(image, title, (MARGIN, 124), (room[0], room[1] - (40 if native else 0)), scheme.ink)
    one_line(image, native, "japanese", 28, (MARGIN, y + 36), room[0], scheme.soft)


def _title(image: Image.Image, text: str, at: tuple[int, int], room: tuple[int, int], ink: str) -> float:
    """In up to three large lines below a point; how far down the last one reaches."""
    size, made = fit(text, room[0], room[1], SIZES, most=3)
    y = at[1] + size * 0.72 + 8
    for number, line in enumerate(made):
        write_line(image, line, "black", size, (at[0] - size * 0.04, y + number * size * LEADING), ink)
    return y + max(len(made) - 1, 0) * size * LEADING + size * 0.2


@cache
def _fading() -> Image.Image:
    """How much of the art is seen: nothing at its left edge, all of it soon after."""
    mask = Image.new("L", (ART, HEIGHT), 255)
    mask.paste(Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize((FADE, HEIGHT)), (0, 0))
    return mask


@cache
def _rounded() -> Image.Image:
    fine = Image.new("L", (SMALL * FINER, SMALL * 3 // 2 * FINER))
    ImageDraw.Draw(fine).rounded_rectangle((0, 0, fine.width - 1, fine.height - 1), 8 * FINER, 255)
    return fine.reduce(FINER)
