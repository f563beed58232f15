"""Rules about bytes: what a page costs its reader, compressed as the application sends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from posixpath import dirname, normpath

import brotli  # type: ignore[import-untyped]

from tests.seo.page import Page

KB = 1024
FIRST_FLIGHT, WITH_FONTS, SCRIPTS = 14 * KB, 40 * KB, 8 * KB
"""Ten segments come before the first answer of the browser: page and style should fit into them."""
LEVEL = 4
"""The level of brotli that Flask-Compress sends, and CDNs too."""
PACKED = (".woff2", ".jpg", ".png", ".avif", ".webp")
IMPORT = re.compile(rb"""(?:\bfrom|\bimport)\s*\(?\s*["']([./][^"']*)["']""")


def weight(page: Page) -> Iterator[str]:
    """an anime page and its style weigh at most 14 KB, with its preloaded fonts 40 KB"""
    if page.kind != "anime":
        return
    styles = [page.own(link.get("href", "")) for link in page.links("stylesheet")]
    fonts = [page.own(link.get("href", "")) for link in page.links("preload") if link.get("as") == "font"]
    first = len(brotli.compress(page.text.encode(), quality=LEVEL)) + _sent(page, styles)
    if first > FIRST_FLIGHT:
        yield f"{first:,} bytes"
    if (all := first + _sent(page, fonts)) > WITH_FONTS:
        yield f"{all:,} bytes with fonts"


def weight_of_scripts(page: Page) -> Iterator[str]:
    """all scripts of a page weigh at most 8 KB"""
    todo = [page.own(script.get("src")) for script in page.all("script") if script.get("src")]
    todo += [page.own(link.get("href", "")) for link in page.links("modulepreload")]
    found: set[str] = set()
    while todo:
        path = todo.pop()
        if path is not None and path not in found:
            found.add(path)
            todo += _imported(path, page.around.read(path) or b"")
    if (sent := _sent(page, found)) > SCRIPTS:
        yield f"{sent:,} bytes in {len(found)} files"


def _sent(page: Page, paths: Iterable[str | None]) -> int:
    """Bytes on the wire; what does not exist weighs nothing, another rule tells of it."""
    return sum(_size(path, page.around.read(path) or b"") for path in paths if path is not None)


@cache
def _size(path: str, body: bytes) -> int:
    return len(body) if path.endswith(PACKED) else len(brotli.compress(body, quality=LEVEL))


def _imported(path: str, body: bytes) -> list[str]:
    """The paths of the modules that a module names, now or later."""
    named = [found.decode() for found in IMPORT.findall(body)]
    return [name if name[0] == "/" else normpath(f"{dirname(path)}/{name}") for name in named]


WEIGHT_RULES = (weight, weight_of_scripts)
