"""Rules about what stands in <head>: each is named for its subject, says what it demands, and yields breaches."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.seo.page import Page

TITLE, DESCRIPTION = range(10, 66), range(70, 166)
"""How many characters a title and a description may have."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
OPEN_GRAPH = ("og:title", "og:description", "og:type", "og:site_name", "og:image", "og:image:alt")
DECLARED = {"og:image:width": "1200", "og:image:height": "630", "twitter:card": "summary_large_image"}
LOCKED = re.compile(r"maximum-scale|minimum-scale|user-scalable")


def language(page: Page) -> Iterator[str]:
    """<html lang> names the language; no hreflang, as nothing is translated"""
    said = page.root.get("lang", "")
    if not LANGUAGE.fullmatch(said):
        yield f"lang={said!r}"
    yield from (f"hreflang={link.get('hreflang')}" for link in page.all("link", "a") if link.get("hreflang"))


def title(page: Page) -> Iterator[str]:
    """one <title> of 10–65 characters, not counting the site's name"""
    found = page.words("title")
    if len(found) != 1:
        yield f"{len(found)} titles"
    for text in found[:1]:
        own = text.removesuffix(f" · {page.around.name}")
        if len(own) not in TITLE:
            yield f"{len(own)} characters: {own!r}"


def description(page: Page) -> Iterator[str]:
    """one description of 70–165 characters"""
    found = page.meta("description")
    if len(found) != 1:
        yield f"{len(found)} descriptions"
    yield from (f"{len(text)} characters: {text!r}" for text in found if len(text) not in DESCRIPTION)


def canonical(page: Page) -> Iterator[str]:
    """one canonical: the page's own absolute address, no query or fragment, the same as og:url"""
    found, shared = page.link("canonical"), page.meta("og:url")
    if found != [page.address]:
        yield f"canonical {found}"
    if shared != found:
        yield f"og:url {shared}"


def open_graph(page: Page) -> Iterator[str]:
    """og: title, description, type, site_name, image of 1200 × 630 with alt; a large twitter:card"""
    for name in OPEN_GRAPH:
        found = page.meta(name)
        if len(found) != 1 or not found[0].strip():
            yield f"{name} {found}"
    yield from (f"{name} {page.meta(name)}" for name, value in DECLARED.items() if page.meta(name) != [value])
    if page.meta("og:site_name") not in ([], [page.around.name]):
        yield "og:site_name is not the site's name"


def share_image(page: Page) -> Iterator[str]:
    """og:image is an absolute address on this site and ends in .jpg or .png"""
    for image in page.meta("og:image"):
        if not image.startswith(f"{page.around.url}/") or not image.endswith((".jpg", ".png")):
            yield image


def robots(page: Page) -> Iterator[str]:
    """max-image-preview:large where a page may be found, noindex,follow where not"""
    found = page.meta("robots")
    words = {word.strip() for content in found for word in content.split(",")}
    good = words == {"noindex", "follow"} if "noindex" in words else "max-image-preview:large" in words
    if len(found) != 1 or not good or words & {"nofollow", "none", "nosnippet", "noimageindex"}:
        yield f"robots {found}"


def viewport(page: Page) -> Iterator[str]:
    """a viewport as wide as the device, which the reader may zoom"""
    found = page.meta("viewport")
    if len(found) != 1 or "width=device-width" not in found[0] or LOCKED.search(found[0]):
        yield f"viewport {found}"


HEAD_RULES = (language, title, description, canonical, open_graph, share_image, robots, viewport)
