"""/favicon.ico, /manifest.webmanifest and /.well-known/security.txt — what is looked for without being named."""

from __future__ import annotations

from datetime import date
from typing import Any

from sitegen.assets import STATIC
from sitegen.page import TEXT, Document, PageType, Site, only
from sitegen.reader import Reader

ICON, MANIFEST, SECURITY = "/favicon.ico", "/manifest.webmanifest", "/.well-known/security.txt"


def load_icon(read: Reader, _: str) -> Document | None:
    return Document(ICON, {}, indexable=False)


def draw_icon(content: dict[str, Any], site: Site) -> bytes:
    """For those who ask for it by habit: pages name icons of their own."""
    return (STATIC / ICON[1:]).read_bytes()


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


icon_page = PageType(
    "favicon", load_icon, only, content_type="image/x-icon", draw=draw_icon, files=(f"templates/static{ICON}",)
)
manifest_page = PageType(
    "manifest", load_manifest, only, "site/manifest.webmanifest", content_type="application/manifest+json"
)
security_page = PageType("security", load_security, only, "site/security.txt", content_type=TEXT)
