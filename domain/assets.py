"""Addresses of assets: each holds a hash of its bytes, so that what stands there never changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b

Read = Callable[[str], bytes]
"""Gives the bytes of an asset as they were written, by its name."""
_URL = re.compile(r"url\(([^)]+)\)")


def body(name: str, read: Read) -> bytes:
    """The bytes that are published; what a style sheet loads is named by its address."""
    plain = read(name)
    if not name.endswith(".css"):
        return plain
    return _URL.sub(lambda match: f"url({address(match[1], read)})", plain.decode()).encode()


def address(name: str, read: Read) -> str:
    """`site.css` → `/static/site.0123456789.css`."""
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}.{blake2b(body(name, read), digest_size=5).hexdigest()}.{ending}"
