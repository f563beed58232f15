"""A page as the rules see it: parsed, with its kind and the site around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from tests.site import page_checks

JSON_LD = "application/ld+json"
SILENT = frozenset({"script", "style", "template", "title", "noscript"})
"""Elements whose text nobody reads on the page."""


@dataclass(frozen=True)
class Around:
    """The site that a page stands in.

    `read` gives the bytes at a path of the bucket, None where nothing stands. `known` are texts of the catalogue with
    words that look like a mistake and are none.
    """

    url: str
    name: str
    read: Callable[[str], bytes | None]
    known: str = ""


@dataclass(frozen=True)
class Page(page_checks.Page):
    """One page of one kind; `kind` is that of the manifest."""

    kind: str
    around: Around

    @property
    def address(self) -> str:
        return self.around.url + self.path

    @cached_property
    def visible(self) -> str:
        """What a reader sees, on one line."""
        return " ".join(" ".join(_texts(self.root)).split())

    @cached_property
    def structured(self) -> list[dict[str, Any]]:
        """Structured data, one object for each script; what is no JSON object is left to the rule about it."""
        found = [_parsed(script.text or "") for script in self.scripts(JSON_LD)]
        return [data for data in found if isinstance(data, dict)]

    def scripts(self, type: str) -> list[HtmlElement]:
        return [script for script in self.all("script") if script.get("type", "") == type]

    def links(self, rel: str) -> list[HtmlElement]:
        """Every <link> of this relation."""
        return [link for link in self.all("link") if rel in link.get("rel", "").split()]

    def own(self, address: str) -> str | None:
        """The path of an address of this site, without its query and fragment; None for another site's."""
        if address == self.around.url:
            return "/"
        path = address.removeprefix(self.around.url)
        return urlsplit(path).path if path.startswith("/") and not path.startswith("//") else None


def nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in structured data, the outermost first."""
    if isinstance(data, dict):
        yield data
    for inside in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nodes(inside)


def name_of(element: HtmlElement) -> str:
    """What a screen reader calls a link: its label, or its text and the alternatives of its pictures."""
    pictures = [image.get("alt", "") for image in element.iter("img")]
    texts = [text for text in element.itertext() if text.strip()]
    return " ".join(" ".join([element.get("aria-label", ""), *texts, *pictures]).split())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _texts(element: HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in SILENT:
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""
