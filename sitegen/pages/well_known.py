"""/manifest.webmanifest and /.well-known/security.txt — what browsers and security researchers look for."""

from __future__ import annotations

from datetime import date

from sitegen.page import TEXT, Document, PageType, only
from sitegen.reader import Reader

MANIFEST, SECURITY = "/manifest.webmanifest", "/.well-known/security.txt"


def load_manifest(read: Reader, _: str) -> Document | None:
    return Document(MANIFEST, {}, indexable=False)


def load_security(read: Reader, _: str) -> Document | None:
    """Good for half a year to a year, as RFC 9116 wants it, and written anew every month."""
    expires = _month(read.as_of, 7)
    return Document(SECURITY, {"expires": f"{expires.isoformat()}T00:00:00Z"}, _month(read.as_of, 1), indexable=False)


def _month(day: date, later: int) -> date:
    """The first day of the month so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


manifest_page = PageType(
    "manifest", load_manifest, only, "site/manifest.webmanifest", content_type="application/manifest+json"
)
security_page = PageType("security", load_security, only, "site/security.txt", content_type=TEXT)
