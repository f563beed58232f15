"""Colours follow from the id alone, and ink can be read on them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from ports.settings import PROJECT
from sitegen.images.palettes import PALETTES, Palette, contrast, hue, mix, of, quiet, tint

IDS = [f"anime {number}" for number in range(2400)]


@pytest.mark.parametrize("name", PALETTES)
def test_the_ink_of_a_palette_reads_on_its_ground(name: str) -> None:
    palette = PALETTES[name]
    assert contrast(palette.ink, palette.ground) >= 4.5


@pytest.mark.parametrize("name", PALETTES)
def test_every_colour_behind_a_title_is_made_quiet_enough_to_read_on(name: str) -> None:
    ground, a, b, c, ink = PALETTES[name]
    assert all(contrast(quiet(fill, ink, ground), ink) >= 3 for fill in (ground, a, b, c))


def test_a_colour_that_can_be_read_on_stays_as_it_is() -> None:
    assert quiet("#ffffff", "#000000", "#eeeeee") == "#ffffff"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_a_mix_lies_on_the_way() -> None:
    assert [mix("#000000", "#ff8040", share) for share in (0, 0.5, 1)] == ["#000000", "#804020", "#ff8040"]


def test_an_id_always_has_the_same_palette_and_all_palettes_are_used_alike() -> None:
    counts = Counter(of(id) for id in IDS)
    assert [of(id) for id in IDS] == [of(id) for id in IDS]
    assert set(counts) == set(PALETTES.values())
    assert max(counts.values()) < 2 * min(counts.values())


def test_the_palettes_of_some_ids_are_those_of_yesterday() -> None:
    """Whatever moves an anime to another palette changes every page that shows it."""
    names = {palette: name for name, palette in PALETTES.items()}
    assert [(names[of(id)], hue(id)) for id in ("1", "cowboy-bebop", "7", "")] == [
        ("azuki", 0),
        ("camel", 1),
        ("sakura", 0),
        ("persimmon", 1),
    ]


def test_a_hue_is_one_of_twelve_buckets() -> None:
    assert {hue(id) for id in IDS} <= set(range(12))


@pytest.mark.parametrize(("fill", "bucket"), [("#ff0000", 1), ("#00ff00", 5), ("#0000ff", 9), ("#ff00ff", 11)])
def test_the_hue_is_that_of_the_most_colourful_area(fill: str, bucket: int) -> None:
    assert tint(Palette("#808080", fill, "#808080", "#7f7f7f", "#000000")) == bucket


def test_pages_can_ask_for_a_hue_without_loading_a_font_or_a_drawing_library() -> None:
    code = "import sys, sitegen.images.palettes; sys.exit(bool({'PIL', 'fontTools', 'brotli'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0
