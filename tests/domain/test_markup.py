"""What a review says is plain data: emphasis, lists and quotes of Markdown, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from domain.reviews.markup import blocks, excerpt
from tests.site.hostile_texts import TEXTS


def test_emphasis_lists_and_quotes_are_understood() -> None:
    said = blocks("*a* **b** ***c***\nnext line\n\n> quoted\n\n- one\n- **two**\n  1. three\n\n1. apart")

    assert [(block["quote"], block["list"], text_of(block)) for block in said] == [
        (False, False, ["a b c", "next line"]),
        (True, False, ["quoted"]),
        (False, True, ["one", "two", "three"]),
        (False, True, ["apart"]),
    ]
    assert said[0]["lines"][0] == [
        ["a", True, False], [" ", False, False], ["b", False, True], [" ", False, False], ["c", True, True],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>", "[link](https://evil.example)", "![picture](x)", "# head", "`code`", "&lt;b&gt; &amp;",
        "<https://evil.example>", "| a | b |", "https://evil.example",
    ],
)  # fmt: skip
def test_all_else_is_text_as_it_was_typed(text: str) -> None:
    assert blocks(text) == [{"list": False, "quote": False, "lines": [[[text, False, False]]]}]


def test_a_mark_may_be_escaped() -> None:
    assert text_of(blocks(r"\*not so\*")[0]) == ["*not so*"]


@pytest.mark.parametrize("text", TEXTS)
def test_no_letter_is_lost_or_becomes_markup(text: str) -> None:
    """What comes out is what went in, less marks of emphasis, lists and quotes."""
    came = "".join(run[0] for block in blocks(text) for line in block["lines"] for run in line)
    assert letters(came) == letters(text)


def test_a_long_review_is_cut_between_words() -> None:
    said, more = excerpt(blocks("word " * 100 + "\n\nlast"), 42)
    assert (len(said), text_of(said[0]), more) == (1, ["word word word word word word word word…"], True)
    assert excerpt(blocks("short\n\nand whole"), 500) == (blocks("short\n\nand whole"), False)


def text_of(block: dict[str, Any]) -> list[str]:
    return ["".join(run[0] for run in line) for line in block["lines"]]


def letters(text: str) -> list[str]:
    return [letter for letter in text if letter.isalpha()]
