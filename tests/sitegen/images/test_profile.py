"""Pictures of profiles are share images, whatever somebody is called."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from sitegen.images import share
from sitegen.images.profile import MOST, ProfileCard, draw
from sitegen.images.share import ShareCard

CARD = ProfileCard(
    "Faye Valentine", "faye", date(2026, 11, 1), (("1,234", "anime"), ("23,456", "episodes"), ("8", "on average")),
    tuple((str(at), f"Title {at}", "葬送のフリーレン") for at in range(3)), "AutoTrack Anime",
)  # fmt: skip
NAMES = {
    "long": "W" * 50, "many words": "ab " * 16, "right to left": "فاي فالنتاين", "both ways": "Faye فاي",
    "emoji": "👩‍🚀🚀", "a name with an emoji": "Faye 🚀",
    "marks": "Z" + "\u0351\u0343\u0326" * 16, "kana": "フェイ・ヴァレンタイン",
    "half width": "ﾌｪｲ", "thai": "เฟย์", "nothing": "", "blank": "\u3164", "control": "a\x00\ud800b", "sign": "!?",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("covers", [0, 1, 3])
def test_any_name_gives_a_small_jpeg_of_1200_by_630(name: str, covers: int) -> None:
    made = draw(CARD._replace(name=name, covers=CARD.covers[:covers]))
    image = Image.open(BytesIO(made))
    assert (image.format, image.size, image.mode) == ("JPEG", (1200, 630), "RGB")
    assert len(made) < 150_000


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Faye", "Faye"), ("Faye 🚀", "Faye"), ("フェイ", "フェイ"), ("Faye فاي", "@faye"), ("🚀", "@faye"),
        ("!?", "@faye"), ("Z" + "\u0351" * 30, "Z"),
    ],
)  # fmt: skip
def test_who_has_a_name_that_cannot_be_written_is_told_by_the_handle(
    monkeypatch: pytest.MonkeyPatch, name: str, title: str
) -> None:
    drawn: list[ShareCard] = []
    monkeypatch.setattr(share, "draw", drawn.append)
    draw(CARD._replace(name=name))
    line = "here since November 2026" if title == "@faye" else "@faye · here since November 2026"
    assert astuple(drawn[0])[:3] == (title, "", line)


def test_there_is_room_for_so_many_covers() -> None:
    six = tuple((str(at), "", "") for at in range(MOST + 1))
    assert draw(CARD._replace(covers=six)) == draw(CARD._replace(covers=six[:MOST])) != draw(CARD)
