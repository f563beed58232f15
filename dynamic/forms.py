"""Forms: what was typed into one, and the token by which a form is known as ours."""

from __future__ import annotations

import secrets
from typing import cast

from flask import Response, current_app, g, request
from flask_login import current_user

from domain.passwords import Hasher
from dynamic.cookies import GUEST, SESSION, read, write
from ports.signing import Keys

FIELD, PURPOSE = "form_token", "form"
LONGEST = 2000
"""Characters of a field that nobody needs more of."""
GUEST_SECONDS = 86_400


def typed(name: str, longest: int = LONGEST) -> str:
    """What a field holds, without what no text has; too much of it is cut off."""
    return request.form.get(name, "")[:longest].replace("\x00", "")


def token() -> str:
    """For a hidden field: it follows from a cookie that other sites can neither read nor set."""
    return keys().mac(PURPOSE, _seed(make=True).encode())


def is_ours() -> bool:
    """Whether the form that was sent holds the token that the reader's own cookie asks for."""
    seed = _seed(make=False)
    return bool(seed) and keys().is_mac(PURPOSE, seed.encode(), request.form.get(FIELD, ""))


def keep_guest(response: Response) -> Response:
    """Give a reader who is not signed in the cookie from which the token follows."""
    if made := g.pop("guest", None):
        write(response, GUEST, made, GUEST_SECONDS)
    return response


def keys() -> Keys:
    return cast(Keys, current_app.extensions["keys"])


def hasher() -> Hasher:
    return cast(Hasher, current_app.extensions["hasher"])


def _seed(make: bool) -> str:
    current_user.is_authenticated  # noqa: B018 - finds the session: one that is over is about to be forgotten
    seed = (read(SESSION) if g.get("session") else "") or read(GUEST) or g.get("guest") or ""
    if not seed and make:
        seed = g.guest = secrets.token_urlsafe(16)
    return cast(str, seed)
