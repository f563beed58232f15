"""The guard: what changes something must come from a page of ours, and what is personal is kept by nobody else."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, abort, current_app, request

from domain import paths
from dynamic import forms
from dynamic.errors import refused
from dynamic.transaction import WITHOUT
from ports.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST = 1_000_000
"""Bytes that a request may bring."""
LARGER = {"account.avatar": 5_300_000, "auth.join": 3_000_000, "auth.sign_in": 3_000_000}
"""Endpoint → bytes, where pictures are sent, or a guest's list, of which a form escapes every third character."""
ELSEWHERE = "This did not come from a page of ours. Please go back, load the page again and repeat it."


def install(app: Flask, settings: Settings) -> None:
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.extensions["own_origin"] = settings.site_url
    app.before_request(_check)
    app.after_request(_personal)


def _check() -> Response | None:
    if request.method in SAFE or request.endpoint is None or request.blueprint in ("origin", "health"):
        return None
    request.max_content_length = request.max_form_memory_size = LARGER.get(request.endpoint, LARGEST)
    if not request.path.startswith("/api/"):
        return None if not _is_foreign() and forms.is_ours() else refused(403, ELSEWHERE)
    if request.mimetype != "application/json":
        abort(415)
    return None if _is_ours() else refused(403, ELSEWHERE)


def _is_ours() -> bool:
    """Whether the browser says that a page of ours asks: by Fetch Metadata, or where it knows none, by Origin."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site is not None else request.headers.get("Origin") == _own_origin()


def _is_foreign() -> bool:
    """Whether the browser says that another site asks. A form without either header has its token."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site != "same-origin" if site is not None else origin not in (None, _own_origin())


def _own_origin() -> str:
    return cast(str, current_app.extensions["own_origin"])


def _personal(response: Response) -> Response:
    """Whatever is answered at an address of the app is for this reader, also that there is nothing."""
    if paths.is_dynamic(request.path):
        if request.blueprint in WITHOUT:  # the page that says so is everybody's; that it is said here is not
            response.headers.pop("Cache-Control", None)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.vary.add("Cookie")
    return response
