"""How a page is written: that its tags are whole and closed in order, and what is left of it without its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_ATTRIBUTE = r"""\s+([a-zA-Z][a-zA-Z-]*)(?:="[^"<>]*"|(?=[\s>]))"""
_TAG = re.compile(rf"<(/?)([a-z][a-z0-9-]*)((?:{_ATTRIBUTE.replace('(', '(?:', 1)})*)(/?)>")
_NAMES = re.compile(_ATTRIBUTE)
_DOCTYPE = "<!doctype html>\n"

Tag = tuple[int, str, tuple[str, ...]]


def unbalanced(text: str) -> list[str]:
    """What is not written as this site writes: whole tags, quoted attributes, each closed in the order of opening."""
    wrong: list[str] = []
    for depth, name, attributes in _walk(text, wrong):
        wrong += [f"<{name}> has {key} {many} times" for key, many in Counter(attributes).items() if many > 1 and depth]
    return wrong


def skeleton(text: str) -> list[Tag]:
    """The page without its words: every element with its depth, its name and the names of its attributes."""
    wrong: list[str] = []
    found = list(_walk(text, wrong))
    assert wrong == [], wrong
    return found


def _walk(text: str, wrong: list[str]) -> Iterator[Tag]:
    stack: list[str] = []
    if not text.startswith(_DOCTYPE):
        wrong.append("no doctype")
    at = text.find("<", len(_DOCTYPE))
    while at >= 0:
        tag = _TAG.match(text, at)
        if tag is None:
            wrong.append(f"{text[at : at + 40]!r} is no tag")
            at = text.find("<", at + 1)
            continue
        name = tag[2]
        if not tag[1]:
            yield len(stack), name, tuple(_NAMES.findall(tag[3]))
        if tag[1] and (not stack or stack.pop() != name):
            wrong.append(f"</{name}> closes nothing")
        elif not tag[1] and not tag[4] and name not in VOID:
            stack.append(name)
        at = text.find("<", tag.end())
    wrong += [f"<{name}> stays open" for name in stack]
