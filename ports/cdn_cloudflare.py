"""The CDN of Cloudflare: addresses of one zone are purged by its API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import urllib3

from ports.errors import Misconfigured, Refused, Throttled, Unavailable

API = "https://api.cloudflare.com/client/v4"
BATCH = 30
"""Addresses in a call: as many as every plan has always taken."""
RATE = 600
"""Addresses a second of all processes together: a free zone may have 800 purged."""
UNTOLD = 10.0
"""Seconds to stay away where a 429 does not say how long."""
_SHAPE = "cloudflare://ZONE_ID"
_ZONE = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"[\x21-\x7e]{8,400}")
_LOCAL = ("127.0.0.1", "localhost", "::1")
_TIMEOUT = urllib3.Timeout(connect=2, read=8)
# A purge may be asked for twice. What is overloaded is not asked again from here: its purges wait in the database.
_RETRIES = urllib3.Retry(
    total=2, read=1, redirect=0, allowed_methods=None, status_forcelist=(500, 502, 503, 504),
    backoff_factor=0.25, backoff_jitter=0.25, respect_retry_after_header=False, raise_on_status=False,
)  # fmt: skip


def open_cloudflare(url: str, site_url: str, token: str) -> Cloudflare:
    """`cloudflare://ZONE_ID`, with `?api=http://127.0.0.1:…` for a stand-in on this machine."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        api = urlsplit(options.get("api", API))
        safe = api.scheme == "https" or (api.scheme == "http" and api.hostname in _LOCAL)
    except ValueError as error:
        raise Misconfigured(f"CDN_URL cannot be read; it must look like {_SHAPE}") from error
    # No message repeats the URL or the token: they would carry the secret into logs.
    if not _ZONE.fullmatch(parts.netloc) or parts.path.strip("/") or parts.fragment or not options.keys() <= {"api"}:
        raise Misconfigured(
            f"CDN_URL must look like {_SHAPE}: the 32 characters that the zone's overview shows; "
            "the token goes into CDN_TOKEN"
        )
    if not safe or not api.netloc or "@" in api.netloc or api.query:
        raise Misconfigured("CDN_URL has an api that is neither https:// nor on this machine: the token would leak")
    if not _TOKEN.fullmatch(token):
        raise Misconfigured("CDN_TOKEN must be an API token with the permission Cache Purge; see docs/operations.md")
    return Cloudflare(f"{options.get('api', API).rstrip('/')}/zones/{parts.netloc}/purge_cache", site_url, token)


class Cloudflare:
    """One zone; safe for threads."""

    batch = BATCH
    pause = BATCH / RATE

    def __init__(self, endpoint: str, site_url: str, token: str) -> None:
        self._endpoint, self._site_url, self._token = endpoint, site_url, token
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES)

    def purge(self, paths: Sequence[str]) -> None:
        if paths:
            self._ask({"files": [self._site_url + path for path in paths]})

    def purge_everything(self) -> None:
        self._ask({"purge_everything": True})

    def _ask(self, body: Mapping[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            answer = self._http.request("POST", self._endpoint, body=orjson.dumps(body), headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise Unavailable(f"Cloudflare does not answer (CDN_URL): {_reason(error)}") from None
        if answer.status == 429:
            raise Throttled("Cloudflare wants to be asked less (429)", _seconds(answer.headers.get("Retry-After")))
        said = f"{answer.status} {_told(answer.data)}".strip()
        if answer.status in (401, 403):
            raise Unavailable(f"Cloudflare does not accept CDN_TOKEN for the zone in CDN_URL: {said}")
        if answer.status in (400, 413, 422):
            raise Refused(f"Cloudflare will not purge this: {said}")
        if answer.status != 200:
            raise Unavailable(f"Cloudflare does not purge: {said}")


def _seconds(text: str | None) -> float:
    """What Retry-After says, where it is a number of seconds, which is what Cloudflare sends."""
    return float(text) if text and text.isascii() and text.isdecimal() else UNTOLD


def _told(body: bytes) -> str:
    """The messages of an answer, in one line; nothing of what was sent is in them."""
    try:
        errors = orjson.loads(body)["errors"]
        return " ".join("; ".join(f"{error['code']} {error['message']}" for error in errors).split())[:300]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def _reason(error: BaseException) -> str:
    """The kind of what went wrong: messages of the client name addresses of objects in memory."""
    reason = getattr(error, "reason", None) or error
    return type(reason).__name__
