"""Markup: what a review says, as plain data of paragraphs, quotes and lists, which templates escape like any text.

Of Markdown there is emphasis, lists and quotes; all else, HTML and links too, is text. No text becomes HTML here, so
there is nothing to be cleaned: what is not named in this file cannot be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

Line = list[list[Any]]
"""Runs of text: [text, whether it is emphasised, whether strongly]."""
Block = dict[str, Any]
"""`lines` of a paragraph or a `quote`, or the items of a `list`."""

_PARSER = MarkdownIt("zero", {"html": False, "linkify": False}).enable(
    ["emphasis", "escape", "list", "blockquote", "newline", "text_join"]
)
_MARKS = {"em_open": (0, 1), "em_close": (0, -1), "strong_open": (1, 1), "strong_close": (1, -1)}


@lru_cache(maxsize=4096)
def blocks(body: str) -> list[Block]:
    """What a text says, block by block; whoever gets it leaves it as it is."""
    found: list[Block] = []
    quotes = items = 0
    for token in _PARSER.parse(body):
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.type in ("bullet_list_open", "ordered_list_open") and not items:
            found.append(_block("list"))
        elif token.type == "list_item_open":
            found[-1]["lines"].append([])
        elif token.type == "inline" and items:  # a list in a list goes on in the same one, and so does a quote
            _join(found[-1]["lines"][-1], _lines(token.children or []))
        elif token.type == "inline":
            found.append(_block("quote" if quotes else "", *_lines(token.children or [])))
    return [said for block in found if (said := _filled(block))["lines"]]


def text(body: str) -> str:
    """What of it is not markup."""
    return "".join(run[0] for block in blocks(body) for line in block["lines"] for run in line)


def _block(kind: str, *lines: Line) -> Block:
    return {"list": kind == "list", "quote": kind == "quote", "lines": list(lines)}


def _filled(block: Block) -> Block:
    return {**block, "lines": [line for line in block["lines"] if line]}


def _join(item: Line, lines: Iterable[Line]) -> None:
    for line in lines:
        item += ([[" ", False, False]] if item else []) + line


def _lines(tokens: Iterable[Token]) -> Iterator[Line]:
    line, depth = Line(), [0, 0]
    for token in tokens:
        if token.type in _MARKS:
            place, step = _MARKS[token.type]
            depth[place] += step
        elif token.type in ("softbreak", "hardbreak"):
            yield line
            line = []
        elif token.content:
            line.append([token.content, depth[0] > 0, depth[1] > 0])
    yield line


def excerpt(said: Sequence[Block], longest: int) -> tuple[list[Block], bool]:
    """The first blocks, of about so many characters in all, and whether there is more."""
    kept: list[Block] = []
    left = longest
    for block in said:
        if left <= 0:
            return kept, True
        lines = list[Line]()
        for line in block["lines"]:
            if left > 0:
                cut, left = _clipped(line, left)
                lines.append(cut)
        kept.append({**block, "lines": lines})
    return kept, left <= 0


def _clipped(line: Line, left: int) -> tuple[Line, int]:
    """A line as far as it fits, and for how many characters there is room after it; none where it was cut."""
    kept = Line()
    for text, em, strong in line:
        if len(text) > left:
            short = text[:left].rsplit(" ", 1)[0].rstrip(" ,.;:–-")
            return [*kept, [f"{short}…", em, strong]], 0
        kept.append([text, em, strong])
        left -= len(text)
    return kept, max(left, 1)
