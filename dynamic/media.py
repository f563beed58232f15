"""Pictures that fans sent, as we drew them; browsers take them for pictures and for nothing else."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app

from domain import avatars
from domain.errors import NotFound
from ports.bucket import Bucket, Head

media = Blueprint("media", __name__, url_prefix="/media")
TYPE = "image/webp"
HEADERS = {
    # one browser may keep it, for the name is never used again; no shared cache may, for its owner can remove it
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@media.get("/<path:key>")
def picture(key: str) -> Response:
    """The picture of somebody."""
    found = uploads().get(key) if avatars.is_key(key) else None
    if found is None:
        raise NotFound("There is no such picture.")
    return Response(found.body, headers=HEADERS, content_type=TYPE)


def store(data: bytes) -> str:
    """Keep a picture that we drew; returns its key."""
    key = avatars.new_key()
    uploads().put(key, data, Head(TYPE, HEADERS["Cache-Control"]))
    return key


def uploads() -> Bucket:
    return cast(Bucket, current_app.extensions["uploads"])
