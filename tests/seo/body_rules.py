"""Rules about what stands in <body>, and about what a page may load or run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from tests.seo.page import JSON_LD, Page, name_of

NUMBER = re.compile(r"[1-9]\d*")
LEAKS = re.compile(r"\b(?:None|null|undefined|NaN)\b|\{\{|\}\}|\{%|%\}")
LEAKS_IN_ADDRESSES = re.compile(r"/(?:None|undefined)(?=[/?#]|$)|\{\{|\}\}|\{%|%\}")
"""An anime may be called Null and have its address so."""
LAST_WORD, FIRST_WORD = re.compile(r"\S+\s+\S*$"), re.compile(r"\S*\s+\S+")
DATA = (JSON_LD, "speculationrules")
"""Scripts that are data: they may stand in the page."""
CONTROLS = ("aria-labelledby", "aria-describedby", "aria-controls", "for")
PASSING = frozenset({"nofollow", "noopener"})


def outline(page: Page) -> Iterator[str]:
    """one h1, and no level of headings is left out"""
    headings = list(page.root.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    if len(page.all("h1")) != 1:
        yield f"{len(page.all('h1'))} h1"
    yield from (
        f"{one.tag} before {two.tag}" for one, two in pairwise(headings) if int(two.tag[1]) > int(one.tag[1]) + 1
    )
    yield from (f"an empty {heading.tag}" for heading in headings if not name_of(heading))


def images(page: Page) -> Iterator[str]:
    """every <img> has alt, width and height"""
    for image in page.all("img"):
        if image.get("alt") is None:
            yield f"no alt: {image.get('src')}"
        if not all(NUMBER.fullmatch(image.get(side, "")) for side in ("width", "height")):
            yield f"no size: {image.get('src')}"


def image_order(page: Page) -> Iterator[str]:
    """at most one picture has fetchpriority=high, and it is not lazy"""
    first = [image for image in page.all("img") if image.get("fetchpriority") == "high"]
    if len(first) > 1:
        yield f"{len(first)} pictures come first"
    yield from (f"first and lazy: {image.get('src')}" for image in first if image.get("loading") == "lazy")


def own_sources(page: Page) -> Iterator[str]:
    """pictures, scripts, styles and fonts come from this site"""
    for element in page.all("img", "source", "script", "iframe", "video", "audio", "track", "embed"):
        named = [element.get("src"), *(one.split()[0] for one in element.get("srcset", "").split(",") if one.strip())]
        yield from (address for address in named if address and _foreign(page, address))
    for link in page.all("link"):
        if set(link.get("rel", "").split()) & {"stylesheet", "preload", "modulepreload", "icon", "manifest"}:
            yield from (address for address in [link.get("href", "")] if _foreign(page, address))


def ids(page: Page) -> Iterator[str]:
    """ids are unique, and what refers to one finds it"""
    found = Counter(element.get("id") for element in page.all() if element.get("id") is not None)
    yield from (f"{name!r} {many} times" for name, many in found.items() if many > 1)
    wanted = {name for element in page.all() for kind in CONTROLS for name in element.get(kind, "").split()}
    wanted |= {href[1:] for href in page.hrefs if len(href) > 1 and href[0] == "#"}
    yield from (f"nothing has the id {name!r}" for name in sorted(wanted - set(found)))


def links(page: Page) -> Iterator[str]:
    """every <a> can be crawled, has a name, and leads to https or a path of this site"""
    for link in page.all("a"):
        href = link.get("href", "")
        if not href.startswith(("/", "#", "https://", page.around.url)) or href.startswith("//") or href == "#":
            yield f"leads to {href!r}"
        if not name_of(link):
            yield f"no name: {href}"


def outgoing_links(page: Page) -> Iterator[str]:
    """links to other sites have rel=nofollow noopener"""
    for link in page.all("a"):
        href = link.get("href", "")
        if (
            href[:1] not in ("/", "#", "")
            and page.own(href) is None
            and not set(link.get("rel", "").split()) >= PASSING
        ):
            yield href


def strict_content(page: Page) -> Iterator[str]:
    """no inline style, handler or script; JSON-LD and speculation rules are data"""
    yield from ("<style>" for _ in page.all("style"))
    yield from ("an inline script" for one in page.all("script") if not one.get("src") and one.get("type") not in DATA)
    for element in page.all():
        yield from (f"<{element.tag} {name}>" for name in element.attrib if name == "style" or name.startswith("on"))


def scripts(page: Page) -> Iterator[str]:
    """scripts are modules, but for one classic that sets the theme"""
    classic = [
        script.get("src") for script in page.all("script") if script.get("src") and script.get("type") != "module"
    ]
    yield from (f"not a module: {source}" for source in classic if "theme" not in source)
    if len(classic) > 1:
        yield f"{len(classic)} classic scripts"
    yield from (
        f"async: {script.get('src')}" for script in page.all("script") if script.get("async") is not None
    )  # it would race the parser


def leaks(page: Page) -> Iterator[str]:
    """no None, null, undefined or {{ in texts and attributes"""
    yield from (f"{found!r} in the text" for found in _leaked(page, page.visible, LEAKS))
    for element in page.all():
        for name, value in element.attrib.items():
            leaking = LEAKS_IN_ADDRESSES if value.startswith(("/", "http")) else LEAKS
            yield from (f"{found!r} in {element.tag} {name}" for found in _leaked(page, value, leaking))


def _leaked(page: Page, text: str, leaking: re.Pattern[str]) -> Iterator[str]:
    """What is found, with the word before and after it, unless the catalogue has it beside one of these."""
    for found in leaking.finditer(text):
        before, after = LAST_WORD.search(text[: found.start()]), FIRST_WORD.match(text[found.end() :])
        pairs = [one for one in (before and before[0] + found[0], after and found[0] + after[0]) if one]
        if not any(pair in page.around.known for pair in pairs):
            yield text[max(0, found.start() - 15) : found.end() + 15]


def _foreign(page: Page, address: str) -> bool:
    return not address.startswith("data:") and page.own(address) is None


BODY_RULES = (
    outline, images, image_order, own_sources, ids, links, outgoing_links, strict_content, scripts, leaks,
)  # fmt: skip
