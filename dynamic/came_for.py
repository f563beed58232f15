"""What a visitor came for: where to go on to, and what to track, once somebody is signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode

HOME, SIGN_IN = "/library", "/sign-in"
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LARGEST_GUEST = 1_000_000
"""Characters of a guest's list."""
_SEPARATOR = re.compile(r"[\\\x00-\x20\x7f-\x9f]")


def own_path(text: str, otherwise: str = HOME) -> str:
    """The text where it is a path of this site, however a browser may read it; else the other one.

    `//host`, `/\\host`, and both with tabs or escapes in them, are other people's addresses.
    """
    plain = unquote(text.partition("?")[0].partition("#")[0])
    if not _PATH.fullmatch(text) or plain.startswith("//") or _SEPARATOR.search(plain):
        return otherwise
    return text


def sign_in_address(came_for: str) -> str:
    """Where to sign in, and come back from."""
    return f"{SIGN_IN}?{urlencode({'next': own_path(came_for)}, safe='/', quote_via=quote)}"


def kept(values: Mapping[str, str]) -> dict[str, str]:
    """What a form on the way is to carry on: where to, what to track, and the list of a guest."""
    return {
        "next": own_path(values.get("next", ""), ""),
        "track": track if _UUID.fullmatch(track := values.get("track", "")) else "",
        "guest": guest if len(guest := values.get("guest", "")) <= LARGEST_GUEST else "",
    }


def onward(values: Mapping[str, str]) -> str:
    """Where to go once somebody is signed in."""
    return own_path(values.get("next", ""))


def query(values: Mapping[str, str]) -> str:
    """The same on a link to the other form; a guest's list is too much for an address."""
    said = {name: value for name, value in values.items() if value and name != "guest"}
    return f"?{urlencode(said, safe='/', quote_via=quote)}" if said else ""
