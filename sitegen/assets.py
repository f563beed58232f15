"""Assets: style sheets, scripts, fonts and icons, each at an address that holds a hash of its bytes."""

from __future__ import annotations

from functools import cache

from domain import assets
from sitegen.templating import TEMPLATES

STATIC = TEMPLATES / "static"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def _names() -> list[str]:
    return sorted(path.name for path in STATIC.iterdir() if path.suffix[1:] in TYPES)


def _read(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@cache
def body(name: str) -> bytes:
    """The bytes of an asset; what a style sheet loads is named by its address."""
    return assets.body(name, _read)


ASSETS = {name: assets.address(name, _read) for name in _names()}
"""Name → path, for templates: `assets["site.css"]`."""
