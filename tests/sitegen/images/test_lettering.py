"""What the faces can write, and how a title is cut into lines and columns."""

from __future__ import annotations

import unicodedata

import pytest

from sitegen.images.columns import columns
from sitegen.images.lettering import EM, UPRIGHT, Letter, advance, loses, outline, row, upright, written
from sitegen.images.lines import fit, fitted, lines, width


def test_a_text_is_written_on_one_line_in_composed_plain_characters() -> None:
    assert written("  Poke\u0301mon\n\tX\u3000Y ") == "Pokémon X Y"
    assert written("ｱﾆﾒ ＡＢＣ！") == "アニメ ABC！"
    assert written("a\u200bb🎉c") == "abc"


def test_only_what_leaves_a_mark_is_missed() -> None:
    assert not any(map(loses, ("", "a\u200bb", " \n", "Pokémon", "アニメ", "ō")))
    assert all(map(loses, ("🎉", "신", "ไ", "a\u0489")))


def test_all_of_the_everyday_japanese_and_latin_scripts_can_be_written() -> None:
    kana = "".join(
        chr(code)
        for code in range(0x3041, 0x30FF)
        if unicodedata.name(chr(code), "").startswith(("HIRAGANA LETTER", "KATAKANA LETTER"))
    )
    assert not loses(kana.translate({ord(sign): None for sign in "ゔゕゖゟヷヸヹヺヿ"}), "japanese")
    assert not loses("".join(map(chr, range(0x20, 0x7F))) + "ĀāĒēĪīŌōŪūčžőñçßæøłé“”‘’–—…×★♪")


def test_signs_have_a_form_of_their_own_in_a_column() -> None:
    assert [upright(sign) for sign in "ー「(…"] == [chr(UPRIGHT + ord(sign)) for sign in "ー「（…"]
    assert [upright(sign) for sign in "東あ!A"] == ["東", "\U000f3042", "！", "A"]
    assert outline("japanese", upright("ー")) != outline("japanese", "ー")


def test_letters_stand_side_by_side_and_are_kerned() -> None:
    letters, wide = row("AV", "black")
    assert letters == [Letter("black", "A", 0, 0), Letter("black", "V", advance("black", "A") - 110, 0)]
    assert wide == advance("black", "A") + advance("black", "V") - 110


def test_what_one_face_lacks_another_writes() -> None:
    assert [letter.face for letter in row("A★é", "medium")[0]] == ["medium", "japanese", "medium"]


def test_a_turned_outline_is_the_outline_turned_to_the_right() -> None:
    plain, turned = outline("japanese", "L"), outline("japanese", "L", True)
    assert (turned.x, turned.y) == (-plain.y, plain.x)
    assert len(plain.path.split("z")) == len(turned.path.split("z"))


@pytest.mark.parametrize(
    "text", ["Cowboy Bebop", "The Melancholy of Haruhi Suzumiya", "W" * 90, "a" * 500, "i i i " * 90]
)
def test_no_line_is_wider_than_its_room(text: str) -> None:
    for room in (300, 672, 1072):
        size, made = fit(text, room, 240, range(120, 36, -4), most=3)
        assert 1 <= len(made) <= 3
        assert all(width(line, "black") * size <= room * EM for line in made)


def test_words_stay_whole_where_they_can() -> None:
    assert fit("The Melancholy of Haruhi", 672, 640, (190, 60))[1] == ["The Melancholy of", "Haruhi"]
    assert fitted("Melancholy", "black", 2100, 9) == ["Mel", "anc", "holy"]


def test_nothing_makes_no_lines() -> None:
    assert fitted("", "black", 1000, 3) == [] and lines("").letters == ()


def test_what_is_too_much_ends_in_an_ellipsis_without_a_loose_sign() -> None:
    assert fitted("One, two, three, four", "medium", 5000, 1) == ["One, two…"]
    assert fitted("銀河英雄伝説 わが征くは星の大海", "japanese", 10000, 1) == ["銀河英雄伝説 わが…"]


def test_a_column_is_cut_where_the_title_pauses() -> None:
    assert cut("葬送の フリーレン") == ["葬送の", "フリーレン"]
    assert cut("君の名は。") == ["君の名は。"]
    assert cut("転生したら、スライムだった件") == ["転生したら、", "スライム", "だった件"]


def test_numbers_and_words_are_not_cut_apart() -> None:
    assert all("2024" in "".join(cut(f"{'東' * count}2024")[-1:]) for count in range(3, 30))


def test_two_digits_share_a_square_and_a_long_word_is_turned() -> None:
    twelve = columns("第12話").letters
    assert [letter.character for letter in twelve] == ["第", "1", "2", "話"]
    assert twelve[1].y == twelve[2].y and twelve[1].x < 0 < twelve[2].x + advance("japanese", "2")
    assert [letter.turned for letter in columns("東 Season").letters] == [False] + [True] * 6
    assert not any(letter.turned for letter in columns("東OVA").letters)


def cut(text: str) -> list[str]:
    """The title's columns, as plain text."""
    made: dict[int, str] = {}
    for letter in columns(text).letters:
        at = round(-(letter.x + 300) / 1140)
        made[at] = made.get(at, "") + (
            chr(ord(letter.character) - UPRIGHT) if ord(letter.character) > UPRIGHT else letter.character
        )
    return [made[at] for at in sorted(made)]
