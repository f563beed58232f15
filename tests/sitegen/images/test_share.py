"""Posters and share images are JPEGs of their size, small, the same again, and no text leaves its box."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from PIL import Image, ImageChops

from sitegen.images import palettes, poster, share
from sitegen.images.card_parts import PAPER, numbers, one_line, scheme_of, signature, strip
from sitegen.images.composition import compose
from sitegen.images.raster import picture
from sitegen.images.share import ShareCard
from sitegen.images.title import NONE

FRIEREN = ("frieren", "Frieren: Beyond Journey's End", "葬送のフリーレン")
CARD = ShareCard(
    "Frieren: Beyond Journey's End", "葬送のフリーレン", "TV · Fall 2023 · Madhouse",
    (("28", "episodes"), ("13", "out"), ("24 min", "each")), (28, 13), (FRIEREN,), "AutoTrack Anime",
)  # fmt: skip
SEASON = replace(CARD, title="Fall 2023", native="", line="Season", strip=None,
                 covers=tuple((str(at), f"Title {at}", "葬送のフリーレン") for at in range(5)))  # fmt: skip
SITE = ShareCard("", "", "Every anime, and where to watch it", (), None, (), "AutoTrack Anime")
LONG = "Kono Subarashii Sekai ni Shukufuku wo! " * 8
WORST = ShareCard(LONG, "漢" * 200, LONG, ((LONG, LONG),) * 4, (2000, 1999), (("1", LONG, "漢" * 300),), LONG)
CARDS = {
    "anime": CARD, "season": SEASON, "site": SITE, "nothing": ShareCard("", "", "", (), None, (), ""), "worst": WORST,
    "worst season": replace(WORST, covers=WORST.covers * 9), "worst site": replace(WORST, title="", covers=()),
    "no cover": replace(CARD, covers=()), "emoji": replace(CARD, title="🎉", native="🔥", line="ไทย", brand="قصة"),
    "one word": replace(CARD, title="x" * 300), "a film": replace(CARD, strip=(1, 1)),
    "no episodes": replace(CARD, strip=(0, 0)),
    "more out than there are": replace(CARD, strip=(3, 9)), "native only": replace(CARD, title=""),
}  # fmt: skip
CHANGED = "the drawing changed: raise SHARE_EDITION (or POSTER_EDITION) in domain/pictures.py"


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_any_card_is_a_small_jpeg_of_1200_by_630(card: ShareCard) -> None:
    made = share.draw(card)
    image = Image.open(BytesIO(made))
    assert (image.format, image.size, image.mode) == ("JPEG", (1200, 630), "RGB")
    assert len(made) < 150_000


@pytest.mark.parametrize("number", range(40))
def test_a_card_is_small_whatever_its_motif(number: int) -> None:
    assert len(share.draw(replace(CARD, covers=((str(number), "", "葬送のフリーレン"),)))) < 150_000


@pytest.mark.parametrize("titles", [("", ""), ("🎉", "ไทย"), ("x" * 300, ""), ("", "漢" * 300), FRIEREN[1:]])
def test_a_poster_is_a_jpeg_of_two_to_three(titles: tuple[str, str]) -> None:
    image = Image.open(BytesIO(poster.draw("1", *titles)))
    assert (image.format, image.size, image.mode) == ("JPEG", (600, 900), "RGB")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert poster.draw(*FRIEREN) == poster.draw(*FRIEREN)
    assert [share.draw(card) for card in CARDS.values()] == [share.draw(card) for card in CARDS.values()]


@pytest.mark.parametrize("face", ["black", "medium", "japanese"])
@pytest.mark.parametrize("text", ["Wide Words ", "漢字とかな", "W" * 9, "…", "fjÅ"])
def test_no_line_is_drawn_outside_of_its_room(text: str, face: str) -> None:
    for size, room, times in product((23, 28, 58), (120, 400, 682), (1, 40)):
        image = Image.new("L", (1200, 120))
        one_line(image, text * times, face, size, (64, 80), room, "#ffffff")
        left, _, right, _ = image.getbbox() or (64, 0, 64, 0)
        assert left >= 64 - 2 and right <= 64 + room + 2


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("many", [1, 2, 3, 9])
def test_figures_stay_in_their_room(many: int, right: bool) -> None:
    for figure in (("28", "episodes"), ("1,234,567", "members of the guild"), (LONG, LONG)):
        image = Image.new("RGB", (1200, 200), PAPER.ground)
        numbers(image, (figure,) * many, (640 if right else 200, 100), 440, PAPER, right)
        left, _, end, _ = ImageChops.difference(image, Image.new("RGB", image.size, PAPER.ground)).getbbox()
        assert left >= 200 - 4 and end <= 640 + 4


def test_a_long_name_of_the_site_stays_on_the_card() -> None:
    image = Image.new("RGB", (1200, 200), PAPER.ground)
    assert signature(image, LONG, (64, 100), PAPER) <= 440


@pytest.mark.parametrize("card", ["anime", "worst", "one word"])
def test_words_of_a_card_do_not_reach_its_art(card: str) -> None:
    """Between the words and the art is a gap in the colour of the ground."""
    image = Image.open(BytesIO(share.draw(CARDS[card])))
    ground = palettes.channels(palettes.of(CARDS[card].covers[0][0]).ground)
    gap = image.crop((750, 0, 776, 630))
    assert all(
        abs(value - want) < 24
        for (low, high), want in zip(gap.getextrema(), ground, strict=True)
        for value in (low, high)
    )


def test_a_strip_has_a_mark_for_each_episode_and_ink_for_those_that_are_out() -> None:
    row = strip(680, 28, 13, PAPER).crop((0, 7, 680, 8))
    colours = [row.getpixel((round((at + 0.4) * 684 / 28), 0)) for at in range(28)]
    assert colours == [palettes.channels(PAPER.ink)] * 13 + [palettes.channels(PAPER.tick)] * 15
    assert all(row.getpixel((int((at + 0.93) * 684 / 28), 0)) == palettes.channels(PAPER.ground) for at in range(27))


def test_very_many_episodes_are_one_bar_in_proportion() -> None:
    row = strip(680, 1000, 500, PAPER)
    assert [row.getpixel((x, 7)) for x in (300, 380)] == [
        palettes.channels(colour) for colour in (PAPER.ink, PAPER.tick)
    ]


@pytest.mark.parametrize("name", palettes.PALETTES)
def test_the_softer_ink_of_a_card_reads_on_its_ground(name: str) -> None:
    scheme = scheme_of(palettes.PALETTES[name])
    assert palettes.contrast(scheme.soft, scheme.ground) >= 4.5 and palettes.contrast(scheme.tick, scheme.ground) > 1.3


def test_a_share_image_says_other_things_of_other_cards() -> None:
    others: list[dict[str, Any]] = [
        {"line": "Film"}, {"strip": (28, 14)}, {"strip": None}, {"title": "F"}, {"native": ""}, {"brand": "B"},
        {"figures": ()}, {"covers": (("2", "", ""),)},
    ]  # fmt: skip
    cards = [CARD, *(replace(CARD, **other) for other in others)]
    assert len({share.draw(card) for card in cards}) == len(cards)


def test_pictures_are_those_of_their_edition() -> None:
    """Looked at coarsely, for another library may round a pixel otherwise."""
    pictures = [share.draw(CARD), share.draw(SEASON), share.draw(SITE), poster.draw(*FRIEREN)]
    prints = [
        Image.open(BytesIO(made)).convert("L").resize((12, 6), Image.Resampling.BOX).tobytes() for made in pictures
    ]
    for made, kept in zip(prints, map(bytes.fromhex, PRINTS), strict=True):
        assert max(abs(one - other) for one, other in zip(made, kept, strict=True)) <= 3, CHANGED


def test_a_title_is_drawn_in_pixels_where_the_vector_has_it() -> None:
    made = compose("1", "", "第12話「東京」ー Season")
    with_title, without = picture(made, 800), picture(replace(made, title=NONE), 800)
    left, top, right, bottom = ImageChops.difference(with_title, without).getbbox()
    area = made.title.area
    assert left >= area[0] - 20 and top >= area[1] - 20 and right <= area[2] + 20 and bottom <= area[3] + 20
    assert right - left > 0.7 * (area[2] - area[0]) and bottom - top > 0.7 * (area[3] - area[1])


PRINTS = (
    "dad6d6d6dcdcdcdcdcdcd3b3c2a8a8b3a0a7a6c7dedfc5abcba7a6a3bf9ab8dce7edd0d0"
    "d3ced2d6dadcdcda97b1a6b8cac1beb5bbd9d9d89ea58b7bd5c8c9d6dadadad9996c6c64",
    "efedf2f2f2f2f2f2f2e4e1ecc6a7a48e98b8f2cedcdac9e5eee9e9e6e7ecf2ebefeff2f2"
    "ede7be5c8dd3bf7f7cced5e1e9a2c14662a3bd664dc4d3e5eccbc3586dc6c55d418f8ac7",
    "f2f2f2f2f2f2f2e66b8ab7d6f2f2f2f2f2f2f2e66b8ab7d6cd97949f9a94d4e66b8ab7d6"
    "ce98959ce4f2f2e66b8ab7d6ede5e6e5e9e7f2e66b8ab7d6f2f2f2f2f2f2f2e66b8ab7d6",
    "dcdcdcdcdcdcdcced1a3a1dcdcdcdfe1e1dddcb9bea18adcdce7eeeeeeeddebadccaccdc"
    "9180788dc3b3b7a097c6a8bb615f8fb69ca3af926d757e7c758785666e6e6871697b6053",
)
"""The brightness, as hex, of 12 × 6 parts of each picture."""
