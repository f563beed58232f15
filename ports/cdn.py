"""The CDN: caches in front of the bucket, which forget what they hold of an address when they are told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ports.errors import Misconfigured


class Cdn(Protocol):
    """Caches that keep what the site answered until they are told to forget it, or until it is a day old.

    Both verbs may be called twice, and return once every cache has forgotten. They raise ports.errors.Throttled with
    the time to come back, Unavailable where a cache does not answer or lets nobody in, all within half a minute.
    `batch` is how many addresses a call may name; 0 says that there is no cache, so that nothing need be told. `pause`
    are the seconds between two calls, by whatever processes, that the CDN asks for.
    """

    batch: int
    pause: float

    def purge(self, paths: Sequence[str]) -> None:
        """Forget these, as escaped paths of the site; raises ports.errors.Refused if one of them cannot be named."""

    def purge_everything(self) -> None:
        """Forget all that is held of the site."""


class NoCdn:
    """Readers come to the bucket, or to a cache that nobody can tell anything."""

    batch = 0
    pause = 0.0

    def purge(self, paths: Sequence[str]) -> None:
        """Nothing is held."""

    def purge_everything(self) -> None:
        """Nothing is held."""


def _none(url: str, site_url: str, token: str) -> Cdn:
    if url.lower() not in ("none:", "none://"):
        raise Misconfigured("CDN_URL says none: and more; it must be none: alone")
    return NoCdn()


def _cloudflare(url: str, site_url: str, token: str) -> Cdn:
    from ports.cdn_cloudflare import open_cloudflare  # an HTTP client takes 0.1 s to import: only who uses it pays

    return open_cloudflare(url, site_url, token)


def _varnish(url: str, site_url: str, token: str) -> Cdn:
    from ports.cdn_varnish import open_varnish

    return open_varnish(url, site_url)


SCHEMES: dict[str, Callable[[str, str, str], Cdn]] = {"none": _none, "cloudflare": _cloudflare, "varnish": _varnish}


def open_cdn(url: str, site_url: str, token: str = "") -> Cdn:
    """The CDN behind this URL, which holds the site at `site_url`; opens nothing yet. Raises Misconfigured."""
    scheme = url.partition(":")[0].lower() if ":" in url else ""
    if scheme not in SCHEMES:
        # Only the scheme is shown: the rest of a mistyped URL may hold a secret.
        raise Misconfigured(f"CDN_URL has the scheme {scheme[:20]!r}; known: {', '.join(sorted(SCHEMES))}")
    return SCHEMES[scheme](url, site_url, token)
