"""Readable addresses: a slug is made from a name once, is unique, and never belonged to another."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from slugify import slugify

LONGEST = 80
APOSTROPHES = re.compile("['’‘`´]")
OTHER = re.compile("[^a-z0-9]+")


def slug_of(name: str, longest: int = LONGEST) -> str:
    """`Hell's Paradise` → `hells-paradise`; empty for a name without a letter or digit."""
    text = APOSTROPHES.sub("", name)
    if text.isascii():
        slug = OTHER.sub("-", text.lower()).strip("-")
        return slug if len(slug) <= longest else _cut(slug, longest)
    return _cut(slugify(text, entities=False, decimal=False, hexadecimal=False), longest)


def free_slug(names: list[str], hints: list[str], fallback: str, taken: Container[str]) -> str:
    """The first slug that is not taken: of the first name that has one, then with the hints, then with a number.

    `hints` tell namesakes apart (the year, the format); `fallback` is the slug of names made of symbols only.
    """
    base = next(filter(None, map(slug_of, names)), fallback)
    return next(slug for slug in _candidates(base, hints) if slug not in taken)


def _candidates(base: str, hints: list[str]) -> Iterator[str]:
    yield base
    ending = ""
    for hint in hints:
        # `title-1998-1998` would tell nobody more than `title-1998`.
        if not f"{base}{ending}".endswith(f"-{hint}"):
            ending += f"-{hint}"
            yield _with(base, ending)
    number = 2
    while True:
        yield _with(base, f"{ending}-{number}")
        number += 1


def _with(base: str, ending: str) -> str:
    return _cut(base, LONGEST - len(ending)) + ending


def _cut(slug: str, longest: int) -> str:
    """At a word's end where there is one in the second half, else anywhere."""
    if len(slug) <= longest:
        return slug
    if slug[longest] == "-":
        return slug[:longest]
    whole, dash, _ = slug[:longest].rpartition("-")
    return whole if dash and len(whole) >= longest // 2 else slug[:longest].rstrip("-")
