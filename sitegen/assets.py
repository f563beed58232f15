"""Assets: style sheets, scripts, fonts and icons, each at an address that holds a hash of its bytes."""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b

from sitegen.templating import TEMPLATES

STATIC = TEMPLATES / "static"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_URL = re.compile(r"url\(([^)]+)\)")


def _names() -> list[str]:
    return sorted(path.name for path in STATIC.iterdir() if path.suffix[1:] in TYPES)


@cache
def body(name: str) -> bytes:
    """The bytes of an asset; what a style sheet loads is named by its address."""
    plain = (STATIC / name).read_bytes()
    if not name.endswith(".css"):
        return plain
    return _URL.sub(lambda match: f"url({_address(match[1])})", plain.decode()).encode()


@cache
def _address(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}.{blake2b(body(name), digest_size=5).hexdigest()}.{ending}"


ASSETS = {name: _address(name) for name in _names()}
"""Name → path, for templates: `assets["site.css"]`."""
