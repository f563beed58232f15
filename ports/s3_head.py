"""The head of an object in S3: what HTTP stores by itself, and metadata for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from ports.bucket import Head

STRANGE = Head("application/octet-stream", "")
"""Stands for an object that was not written by this port."""


def metadata(head: Head) -> dict[str, str]:
    """What HTTP has no stored header for; only what differs from a plain page, and ASCII only."""
    found = {"digest": head.digest, "location": quote(head.location or "", safe="/")}
    if head.status != 200:
        found["status"] = str(head.status)
    if head.version:
        found["version"] = str(head.version)
    return {name: value for name, value in found.items() if value}


def head_of(answer: Mapping[str, Any]) -> Head | None:
    """The head of a stored object; None if it was not written by this port."""
    found: Mapping[str, str] = answer.get("Metadata", {})
    location = found.get("location")
    try:
        return Head(
            answer.get("ContentType", ""),
            answer.get("CacheControl", ""),
            int(found.get("status", "200")),
            unquote(location) if location is not None else None,
            found.get("digest", ""),
            int(found.get("version", "0")),
        )
    except ValueError:
        return None
