"""Any address that nothing else answers, from the bucket: what the CDN does in production, on one port."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from domain import paths
from dynamic.errors import plain
from ports.bucket import Bucket, Object, is_key

origin = Blueprint("origin", __name__)

HOME, NOT_FOUND = "index", "404"
_DRAWN = re.compile(r"(share|posters)/.+\.[0-9a-f]{10}\.jpg")
"""Pictures that are drawn after the pages that name them."""
_MOVED_CACHE = "public, max-age=3600"


@origin.get("/", defaults={"path": ""}, provide_automatic_options=False)
@origin.get("/<path:path>", provide_automatic_options=False)
def serve(path: str) -> Response:
    """The object of this address. The query is ignored: no page varies by it."""
    key = "/".join(filter(None, path.split("/"))) or HOME
    if not is_key(key) or _is_private(key):
        return _not_found()
    address = _address(key)
    if _asked_for() != address:
        return _moved(address, _MOVED_CACHE)
    found = _bucket().get(key)
    return _elsewhere(key) if found is None else _answer(found)


def _elsewhere(key: str) -> Response:
    """A page below one that has moved or is gone shares its fate: `/anime/old/episodes/2`, `/genre/old/2024`."""
    if drawn := _DRAWN.fullmatch(key):
        return _meanwhile(f"{drawn[1]}/site.jpg")
    parts = key.split("/", 2)
    above = _bucket().get("/".join(parts[:2])) if len(parts) == 3 else None
    if above is None or above.head.status == 200:
        return _not_found()
    if above.head.status != 301:
        return _answer(above)
    moved = f"{(above.head.location or '').strip('/')}/{parts[2]}"
    return _not_found() if _bucket().look(moved) is None else _moved(_address(moved), above.head.cache_control)


def _meanwhile(key: str) -> Response:
    """The generic picture, where one is not drawn yet; asked for again soon."""
    found = _bucket().get(key)
    if found is None:
        return _not_found()
    response = Response(found.body, content_type=found.head.content_type)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _is_private(key: str) -> bool:
    """The mark of the bucket is no page."""
    return key.startswith(".") and not key.startswith(".well-known/")


def _answer(found: Object) -> Response:
    head = found.head
    if head.status == 301:
        return _moved(head.location or "/", head.cache_control)
    response = Response(found.body, head.status, content_type=head.content_type)
    if head.cache_control:
        response.headers["Cache-Control"] = head.cache_control
    if head.status == 200 and head.digest:
        # Weak, because it names the content, whatever its coding: one validator for br, zstd, gzip and none.
        response.set_etag(head.digest, weak=True)
        response.make_conditional(request)
    return response


def _not_found() -> Response:
    page = _bucket().get(NOT_FOUND)
    if page is None:
        return plain("404 Not Found", 404)
    response = Response(page.body, 404, content_type=page.head.content_type)
    response.headers["Cache-Control"] = page.head.cache_control or "no-store"
    return response


def _moved(location: str, cache_control: str) -> Response:
    response = Response(status=301, content_type="text/plain; charset=utf-8")
    response.location = location
    if cache_control:
        response.headers["Cache-Control"] = cache_control
    return response


def _address(key: str) -> str:
    """The one path of a key: it begins with exactly one slash, so it never leads to another host."""
    return paths.address_of(paths.path_of(key))


def _asked_for() -> str:
    """The path as it was sent; WSGI itself passes it on decoded only."""
    sent: str = request.environ.get("RAW_URI") or paths.address_of(request.path)
    if not sent.startswith("/"):  # the absolute form that proxies use
        sent = urlsplit(sent).path or "/"
    return sent.partition("?")[0].partition("#")[0]


def _bucket() -> Bucket:
    return cast(Bucket, current_app.extensions["bucket"])
