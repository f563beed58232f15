"""A cover is well-formed, keeps its title inside, and is the same for ever."""

from __future__ import annotations

import gzip
import json
import re
from hashlib import sha256

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from lxml import etree

from ports.settings import PROJECT
from sitegen.images import cover, palettes
from sitegen.images.composition import compose, in_columns

REAL = PROJECT.parent / "shared" / "data" / "catalog" / "catalog-extra.jsonl.gz"
SVG = "{http://www.w3.org/2000/svg}"
CHANGED = "the drawing changed: raise COVER_EDITION in domain/pictures.py"
TITLES = {
    "both": ("Frieren: Beyond Journey's End", "葬送のフリーレン"),
    "Latin only": ("Cowboy Bebop", ""),
    "Japanese only": ("", "銀河英雄伝説"),
    "nothing": ("", ""),
    "blanks": (" \t\n\u3000", "\u3000\u200b"),
    "one letter": ("K", "K"),
    "one symbol": ("◯", "◯"),
    "symbols": ("!!", "…！"),
    "emoji": ("🎉🔥", "🎉🔥"),
    "emoji among words": ("Party 🎉 Time", "パーティー🎉タイム"),
    "Arabic": ("قصة", "قصة"),
    "Thai": ("ไทย", "ไทย"),
    "Hangul": ("Tower of God", "신의 탑"),
    "simplified Chinese": ("Link Click", "时光代理人"),
    "lone marks": ("\u0301\u3099", "\u3099\u309a"),
    "decomposed": ("Poke\u0301mon", "ホ\u309aケモン"),
    "half-width": ("", "ｱﾆﾒ ｶﾞｲﾄﾞ"),
    "full-width": ("", "ＡＢＣ１２３の！？"),
    "lone surrogate": ("\ud800", "\udfff東"),
    "private": ("\ue000", "\U000f300c"),
    "control": ("a\x00b\x1b", "東\x00京"),
    "markup": ('</svg><script>alert(1)</script>&"', '<text>&amp;]]>東京"'),
    "300 letters": ("word " * 60, ""),
    "300 letters, one word": ("x" * 300, ""),
    "300 wide letters": ("W" * 300, ""),
    "300 ideographs": ("", "漢" * 300),
    "300 dashes": ("-" * 300, "ー" * 300),
    "300 letters within Japanese": ("", "東" + "x" * 300),
    "300 digits within Japanese": ("", "東" + "12" * 150),
    "right to left within Latin": ("abc \u202e def", ""),
    "10,000 characters": ("a b " * 2500, "あ い" * 3333),
}


@pytest.mark.parametrize("latin, japanese", TITLES.values(), ids=TITLES)
@pytest.mark.parametrize("id", ["1", "a title of another kind"])
def test_any_title_at_all_has_a_sound_cover(id: str, latin: str, japanese: str) -> None:
    sound(cover.draw(id, latin, japanese))


def test_any_code_point_may_stand_in_a_title() -> None:
    for first in range(0, 0x30000, 900):
        some = "".join(map(chr, range(first, first + 900, 3)))
        assert cover.draw("1", some, some).endswith(b"</svg>")


@pytest.mark.parametrize("which", range(60))
def test_every_id_has_a_sound_cover_even_where_the_title_is_long(which: int) -> None:
    sound(
        cover.draw(
            f"id {which}", "", "転生したらスライムだった件 コリウスの夢～魔国連邦の休日～第2期 Special Edition (2024)"
        )
    )


@pytest.mark.long
@pytest.mark.skipif(not REAL.exists(), reason="the real catalogue is not there")
def test_the_longest_real_titles_have_sound_covers() -> None:
    with gzip.open(REAL) as file:
        rows = [json.loads(line) for line in file]
    titles = [
        (row.get("title_english") or row.get("title_romaji") or "", row.get("title_japanese") or "") for row in rows
    ]
    for key in (lambda title: len(title[0]), lambda title: len(title[1])):
        for latin, japanese in sorted(titles, key=key)[-40:]:
            sound(cover.draw(latin, latin, japanese))
            sound(cover.draw(latin, latin, ""))


def test_a_cover_is_800_by_1200_wherever_it_is_shown() -> None:
    root = etree.fromstring(cover.draw("1", "Cowboy Bebop", ""))
    assert [root.get(name) for name in ("width", "height", "viewBox")] == ["800", "1200", "0 0 800 1200"]


def test_the_same_anime_always_has_the_same_cover() -> None:
    first = [cover.draw(str(id), "Cowboy Bebop", "カウボーイビバップ") for id in range(50)]
    assert first == [cover.draw(str(id), "Cowboy Bebop", "カウボーイビバップ") for id in range(50)]


def test_two_anime_of_one_title_have_different_covers() -> None:
    assert len({cover.draw(str(id), "Cowboy Bebop", "") for id in range(500)}) == 500


def test_colours_and_motif_follow_from_the_id_whatever_the_title() -> None:
    one, other = compose("7", "", ""), compose("7", "◯", "東京")
    assert one.palette == other.palette == palettes.of("7")
    assert [type(shape) for shape in one.shapes] == [type(shape) for shape in other.shapes]


def test_japanese_that_can_be_written_stands_in_columns_and_nothing_else_does() -> None:
    assert all(map(in_columns, ("葬送のフリーレン", "ﾊﾟﾘ", "東\u200b京")))
    assert not any(map(in_columns, ("", "Monster", "时光代理人", "신의 탑", "東🎉", "!?")))


def test_where_japanese_cannot_be_written_the_latin_title_stands() -> None:
    assert cover.draw("1", "Link Click", "时光代理人") == cover.draw("1", "Link Click", "")


def test_of_a_title_that_cannot_be_written_whole_the_rest_stands() -> None:
    assert cover.draw("1", "Party 🎉 Time", "") == cover.draw("1", "Party Time", "")


def test_no_title_and_one_that_cannot_be_written_leave_the_motif_alone() -> None:
    assert cover.draw("1", "", "") == cover.draw("1", "🎉 (🔥)", "ไทย")
    assert cover.draw("1", "", "") != cover.draw("1", "◯", "")


def test_too_long_a_title_ends_in_an_ellipsis() -> None:
    assert compose("1", "word " * 100, "").title.letters[-1].character == "…"
    assert ord(compose("1", "", "漢" * 300).title.letters[-1].character) in (ord("…"), 0xF0000 + ord("…"))


def test_a_longer_title_is_smaller() -> None:
    sizes = [compose("1", "", "漢" * count).title.size for count in (2, 22, 40, 80)]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == len(sizes)


def test_a_column_does_not_begin_with_what_must_not_begin_one() -> None:
    for count in range(3, 40):
        title = compose("1", "", ("アーッ、" * 20)[:count]).title
        tops = {letter.x // 1140: letter for letter in reversed(title.letters)}
        assert all(chr(ord(letter.character) % 0xF0000) not in "ーッ、" for letter in tops.values())


def test_what_lies_behind_a_title_lets_it_be_read() -> None:
    for number in range(200):
        made = compose(str(number), "", "葬送のフリーレン 第二期 特別編")
        for shape in made.shapes:
            left, top, right, bottom = shape.area
            area = made.title.area
            if left < area[2] and right > area[0] and top < area[3] and bottom > area[1]:
                assert palettes.contrast(shape.fill, made.palette.ink) >= 3


def test_covers_are_those_of_their_edition() -> None:
    inputs = [
        ("1", *TITLES["both"]),
        ("2", *TITLES["Latin only"]),
        ("3", *TITLES["full-width"]),
        ("4", "", ""),
        ("5", "", "第12期～PARTY TIME～"),
    ]
    digests = [sha256(cover.draw(*each)).hexdigest()[:16] for each in inputs]
    assert digests == [
        "4bbdfe385fa3d7df",
        "adf385371df89cc7",
        "fb915302882f7660",
        "0dba3e7558edd675",
        "41725a1c8f280de4",
    ], CHANGED
    every_motif = sha256(b"".join(cover.draw(str(number), "", "") for number in range(300)))
    assert every_motif.hexdigest()[:16] == "520c5f7298569871", CHANGED


def sound(svg: bytes) -> None:
    """Well-formed, nothing but drawing, nothing from outside, the title inside of the picture."""
    root = etree.fromstring(svg)
    assert {element.tag for element in root.iter()} <= {SVG + "svg", SVG + "path", SVG + "circle"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not any(name.startswith("on") or name.endswith(("href", "style", "src")) for name in names)
    assert b"url(" not in svg and svg.count(b"http") == 1
    for path in root.iter(SVG + "path"):
        if (transform := path.get("transform")) is not None:
            inside(path.get("d"), transform)


def inside(path: str, transform: str) -> None:
    moved = re.fullmatch(r"translate\((\d+) (\d+)\)scale\(([0-9.]+)\)", transform)
    assert moved
    left, top, scale = map(float, moved.groups())
    pen = BoundsPen(None)
    parse_path(path, pen)
    bounds = [side + number * scale for side, number in zip((left, top, left, top), pen.bounds, strict=True)]
    assert bounds[0] >= 20 and bounds[1] >= 20 and bounds[2] <= 780 and bounds[3] <= 900
