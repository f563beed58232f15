"""The bucket: a flat store of published objects, each with the headers it is to be answered with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ports.errors import Misconfigured

# Everything a head says travels in HTTP headers, so nothing in it may end a header line.
_HEADER = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?")
# A path of this site: "//host" and "/\host" are other people's addresses to a browser.
_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\x9f\\\ud800-\udfff]*")
_DIGEST = re.compile(r"[0-9a-f]{0,128}")
# One segment of a key: no control or white-space character, no backslash, nothing that is not Unicode text,
# and neither "." nor "..". U+FFFD stands for bytes that were no UTF-8, hence for no key of ours.
_SEGMENT = r"(?!\.{1,2}(?:/|\Z))[^\x00-\x1f\x7f-\x9f\s/\\\ud800-\udfff\ufffd]+"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_STATUSES = frozenset({200, 301, 404, 410})
# S3 allows 1,024 bytes of key, and 2 KB of metadata in which each byte of a location may take three.
KEY_BYTES, _LOCATION_BYTES = 1024, 600
HASTE = 2.0
ANYTHING = "*"
"""What a `put` may replace that does not ask."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is stored beside the bytes; raises ValueError for what no origin could answer.

    `version` says which of two writers was the later one; it is no part of what readers get.
    """

    content_type: str
    cache_control: str
    status: int = 200
    location: str | None = None
    digest: str = ""
    version: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not _HEADER.fullmatch(self.content_type):
            raise ValueError(f"{self.content_type!r} is no content type")
        if self.cache_control and not _HEADER.fullmatch(self.cache_control):
            raise ValueError(f"{self.cache_control!r} is no Cache-Control")
        if self.status not in _STATUSES:
            raise ValueError(f"{self.status} is not one of {sorted(_STATUSES)}")
        if not _DIGEST.fullmatch(self.digest):
            raise ValueError(f"{self.digest!r} is no hex digest")
        if (self.status == 301) != (self.location is not None):
            raise ValueError("a 301, and nothing else, has a location")
        if self.location is not None and not _is_path(self.location):
            raise ValueError(f"{self.location!r} is no path of this site")


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under a key at this moment: its head, and the tag by which it can be replaced and nothing else."""

    head: Head
    tag: str


@dataclass(frozen=True, slots=True)
class Object:
    """One published thing: its head and its bytes."""

    head: Head
    body: bytes


class Bucket(Protocol):
    """A flat store by key; a key is a URL path without its leading slash.

    Writes are whole or absent to every reader, the last one wins. `put` raises ValueError for what `is_key`
    refuses; such a key is simply never there for the other verbs. Every verb raises ports.errors.Unavailable when
    the store does not answer. `parallel` is how many puts at once are worth while.
    """

    parallel: int

    def put(self, key: str, body: bytes, head: Head, over: str | None = ANYTHING) -> str:
        """Store an object, whole, in place of what was there; returns its tag.

        With the tag of what it is to replace as `over`, or None for nothing, it raises ports.errors.Overtaken where
        anything else stands there.
        """

    def get(self, key: str) -> Object | None:
        """The object, or None where there is none or what is there was not written by this port."""

    def look(self, key: str) -> Standing | None:
        """What `get` would give, without the bytes."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove these; keys that are not there are no error."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that starts so, in the order of code points; by name only, no object is read."""

    def tags(self) -> Iterator[tuple[str, str]]:
        """Every key with the tag of what stands there now, in the order of code points."""

    def hasten(self) -> None:
        """The process is to end: after HASTE seconds nothing is begun, tried again or waited for any more."""


def is_key(text: str) -> bool:
    """Whether this text can name an object."""
    return _KEY.fullmatch(text) is not None and len(text.encode()) <= KEY_BYTES


def checked(key: str) -> str:
    """The key itself; raises ValueError if it can name no object."""
    if not is_key(key):
        raise ValueError(f"{key!r} cannot be a key of the bucket")
    return key


def _is_path(text: str) -> bool:
    return _PATH.fullmatch(text) is not None and len(text.encode()) <= _LOCATION_BYTES


def _directory(url: str) -> Bucket:
    from ports.bucket_directory import open_directory

    return open_directory(url)


def _s3(url: str) -> Bucket:
    from ports.bucket_s3 import open_s3  # boto3 takes 0.3 s to import: only who uses it pays

    return open_s3(url)


SCHEMES: dict[str, Callable[[str], Bucket]] = {"file": _directory, "s3": _s3}


def open_bucket(url: str, setting: str = "BUCKET_URL") -> Bucket:
    """The bucket behind this URL; opens nothing yet. Raises Misconfigured for a URL that no adapter takes."""
    scheme = url.partition(":")[0].lower()
    if ":" not in url or scheme not in SCHEMES:
        # Only the scheme is shown: the rest of a mistyped URL may hold a secret.
        raise Misconfigured(f"{setting} has the scheme {scheme[:20]!r}; known: {', '.join(sorted(SCHEMES))}")
    return SCHEMES[scheme](url)
