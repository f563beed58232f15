"""Rules about structured data: what it must say, and that the page says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tests.seo.page import JSON_LD, Page, name_of, nodes
from tests.seo.schema import breaches_of

WORKS = ("Movie", "TVSeries")
RASTER = (".jpg", ".png")
ENOUGH_RATINGS = 10
NO_STEPS = frozenset({"home", "about", "privacy", "not_found"})
"""Kinds of page that need no breadcrumbs: home is where they begin, notes may stand alone."""
OWN = ("url", "item", "image", "logo", "@id")


def structured_data(page: Page) -> Iterator[str]:
    """every JSON-LD parses and keeps to the schema of its type"""
    unread = len(page.scripts(JSON_LD)) - len(page.structured)
    if unread:
        yield f"{unread} that cannot be read"
    for data in page.structured:
        yield from breaches_of(data)


def structured_addresses(page: Page) -> Iterator[str]:
    """addresses in structured data are absolute and of this site"""
    for data in page.structured:
        for node in nodes(data):
            for name in OWN:
                named = node.get(name)
                for address in named if isinstance(named, list) else [named]:
                    if isinstance(address, str) and not address.startswith(f"{page.around.url}/"):
                        yield f"{node.get('@type')} {name} {address}"


def breadcrumbs(page: Page) -> Iterator[str]:
    """one BreadcrumbList from home to this page on every page but home and notes"""
    found = _of_type(page, "BreadcrumbList")
    if len(found) > 1 or (not found and page.kind not in NO_STEPS):
        yield f"{len(found)} BreadcrumbLists"
    for data in found:
        steps = _items(data)
        if [step.get("position") for step in steps] != list(range(1, len(steps) + 1)) or len(steps) < 2:
            yield f"positions {[step.get('position') for step in steps]}"
        elif steps[0].get("item") != f"{page.around.url}/" or steps[-1].get("item", page.address) != page.address:
            yield f"from {steps[0].get('item')} to {steps[-1].get('item')}"


def works(page: Page) -> Iterator[str]:
    """a Movie or TVSeries has name, url, and pictures as .jpg or .png; every anime page has one"""
    found = [work for type in WORKS for work in _of_type(page, type)]
    if page.kind == "anime" and [work.get("url") for work in found if work in page.structured] != [page.address]:
        yield "no Movie or TVSeries for this page"
    for work in found:
        missing = [name for name in ("name", "url", "image") if not work.get(name)]
        if missing and (work in page.structured or not _is_reference(work)):
            yield f"{work['@type']} without {', '.join(missing)}"
        pictures = work.get("image", [])
        for picture in pictures if isinstance(pictures, list) else [pictures]:
            if not str(picture).endswith(RASTER):
                yield f"image {picture}"


def ratings(page: Page) -> Iterator[str]:
    """no aggregateRating unless its value and count are shown, and at least ten people gave it"""
    for data in page.structured:
        for rating in (node["aggregateRating"] for node in nodes(data) if "aggregateRating" in node):
            value, count = rating.get("ratingValue"), rating.get("ratingCount", 0)
            if count < ENOUGH_RATINGS:
                yield f"only {count} ratings"
            if not {f"{count:,}", str(count)} & set(page.visible.split()) or str(value) not in page.visible:
                yield f"{value} from {count} is not shown"


def item_lists(page: Page) -> Iterator[str]:
    """an ItemList counts 1, 2, 3 …, names each address once, all on one host, with the titles that are shown"""
    for data in _of_type(page, "ItemList"):
        items = _items(data)
        if [item.get("position") for item in items] != list(range(1, len(items) + 1)):
            yield "positions are not 1, 2, 3 …"
        named = [_named(item) for item in items]
        yield from (f"{url} {many} times" for url, many in Counter(url for url, _ in named).items() if many > 1)
        if len({urlsplit(url).netloc for url, _ in named}) > 1:
            yield "more than one host"
        yield from _not_shown(page, named)


def _not_shown(page: Page, named: list[tuple[str, str]]) -> Iterator[str]:
    shown: dict[str, str] = {}
    for link in page.all("a"):
        path = page.own(link.get("href", ""))
        if path is not None:
            shown[path] = f"{shown.get(path, '')} {name_of(link)}"
    for url, name in named:
        if " ".join(name.split()) not in shown.get(page.own(url) or "", ""):
            yield f"{name!r} is not shown with a link to {url}"


def _named(item: dict[str, Any]) -> tuple[str, str]:
    """The address and the name of a list item, which may stand in the thing that it holds."""
    inside = item["item"] if isinstance(item.get("item"), dict) else item
    return str(inside.get("url", "")), str(inside.get("name", ""))


def _is_reference(work: dict[str, Any]) -> bool:
    """Whether this only points to a work that has a page of its own: `partOfSeries`, `isPartOf`."""
    return not work.keys() - {"@type", "@id", "name", "url"} and bool(work.get("url"))


def _of_type(page: Page, type: str) -> list[dict[str, Any]]:
    return [node for data in page.structured for node in nodes(data) if node.get("@type") == type]


def _items(data: dict[str, Any]) -> list[dict[str, Any]]:
    items = data.get("itemListElement", [])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


DATA_RULES = (structured_data, structured_addresses, breadcrumbs, works, ratings, item_lists)
