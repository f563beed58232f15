"""Cookies: what they are called here, and how they are kept from scripts and from other hosts."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from ports.settings import Settings

SESSION, GUEST, SIGNED = "session", "guest", "signed"
LOCAL = ("localhost", "127.0.0.1", "::1")
READABLE = frozenset({SIGNED})
"""Those that scripts may read, because nothing follows from them."""


def install(app: Flask, settings: Settings) -> None:
    """On this very machine browsers take no `__Host-` cookie, for there is no TLS; anywhere else, nothing less."""
    parts = urlsplit(settings.site_url)
    app.extensions["is_local"] = parts.scheme == "http" and parts.hostname in LOCAL


def read(name: str) -> str:
    """What the cookie holds; empty without one."""
    return request.cookies.get(called(name), "")


def write(response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie for so long, for this host only; a request that another site causes comes without it."""
    response.set_cookie(
        called(name), value, max_age=seconds, path="/", secure=not _is_local(), httponly=name not in READABLE,
        samesite="Lax",
    )  # fmt: skip


def drop(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    write(response, name, "", 0)


def called(name: str) -> str:
    """As browsers know it."""
    return name if _is_local() or name in READABLE else f"__Host-{name}"


def _is_local() -> bool:
    return cast(bool, current_app.extensions["is_local"])
