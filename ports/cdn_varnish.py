"""A CDN of one's own: Varnish caches, each told by PURGE and BAN as deploy/varnish/autotrack.vcl takes them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import urllib3

from ports.errors import Misconfigured, Refused, Throttled, Unavailable

BATCH = 200
PARALLEL = 8
"""Caches that are told at once, each over one connection."""
DEADLINE = 20.0
"""Seconds after which a call gives up on a cache that answers, but slowly."""
UNTOLD = 5.0
"""Seconds to stay away where a 429 does not say how long."""
_SHAPE = "varnish://host:port[,host:port]"
_TIMEOUT = urllib3.Timeout(connect=1, read=3)
_RETRIES = urllib3.Retry(total=1, redirect=0, status=0, allowed_methods=None)
"""A connection that was kept may have been closed meanwhile."""


def open_varnish(url: str, site_url: str) -> Varnish:
    """`varnish://host:port,host:port`: every cache that readers may come to."""
    try:
        parts = urlsplit(url)
        if not (parts.path.strip("/") or parts.query or parts.fragment):
            return Varnish([_node(text) for text in parts.netloc.split(",")], urlsplit(site_url).netloc)
    except (ValueError, urllib3.exceptions.LocationParseError):
        pass
    raise Misconfigured(f"CDN_URL must look like {_SHAPE}")


def _node(text: str) -> tuple[str, int]:
    """Raises ValueError for what names no cache."""
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.username is not None or any(character.isspace() for character in text):
        raise ValueError(text)
    return parts.hostname, parts.port or 80


class Varnish:
    """All of the caches; they have forgotten when each of them has. Safe for threads."""

    batch = BATCH
    pause = 0.0

    def __init__(self, nodes: Sequence[tuple[str, int]], host: str) -> None:
        self._host = host
        self._pools = [
            urllib3.HTTPConnectionPool(name, port, maxsize=1, timeout=_TIMEOUT, retries=_RETRIES)
            for name, port in nodes
        ]

    def purge(self, paths: Sequence[str]) -> None:
        self._tell_all("PURGE", paths)

    def purge_everything(self) -> None:
        self._tell_all("BAN", ["/"])

    def _tell_all(self, method: str, paths: Sequence[str]) -> None:
        """Every cache hears of it, also where another one does not answer; the first failure is raised then."""
        with ThreadPoolExecutor(min(PARALLEL, len(self._pools)), thread_name_prefix="varnish") as threads:
            told = [threads.submit(self._tell, pool, method, paths) for pool in self._pools]
        for failure in (each.exception() for each in told):
            if failure:
                raise failure

    def _tell(self, pool: urllib3.HTTPConnectionPool, method: str, paths: Sequence[str]) -> None:
        name, end = f"Varnish at {pool.host}:{pool.port} (CDN_URL)", time.monotonic() + DEADLINE
        for path in paths:
            if time.monotonic() > end:
                raise Unavailable(f"{name} takes more than {DEADLINE:.0f} s for {len(paths)} addresses")
            try:
                answer = pool.request(method, path, headers={"Host": self._host})
            except urllib3.exceptions.HTTPError as error:
                reason = getattr(error, "reason", None) or error
                raise Unavailable(f"{name} does not answer: {type(reason).__name__}") from None
            _check(answer, name, method)


def _check(answer: urllib3.BaseHTTPResponse, name: str, method: str) -> None:
    if answer.status == 429:
        after = answer.headers.get("Retry-After", "")
        raise Throttled(f"{name} wants to be asked less (429)", float(after) if after.isdecimal() else UNTOLD)
    if answer.status in (400, 414):
        raise Refused(f"{name} will not purge this: {answer.status}")
    if answer.status == 405:
        raise Unavailable(f"{name} takes no {method} from here (405): its `acl purgers` must name this machine")
    if answer.status != 200:
        raise Unavailable(f"{name} answers {method} with {answer.status}")
