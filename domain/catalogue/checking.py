"""Records checked and reduced to what they said: pure work on a block of them, which any process can do."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from domain.catalogue.checks import Breach
from domain.catalogue.feeds import FEEDS, Feed, recognise
from domain.catalogue.reading import canonical
from domain.catalogue.stock import digest_of

SHAPES: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(feed.shape) for name, feed in FEEDS.items()}
BAD = (msgspec.DecodeError, Breach, UnicodeDecodeError, RecursionError)


class Block(NamedTuple):
    """Records of one feed, each with where it stands."""

    feed: str
    records: list[tuple[int, bytes]]


class Passed(NamedTuple):
    """What a record said: about which subject, as canonical JSON, its digest; `note` is what was left out of it."""

    subject: str
    text: bytes
    digest: bytes
    note: str | None


class Refused(NamedTuple):
    reason: str


Verdict = Passed | Refused


def check(block: Block) -> list[Verdict]:
    """The verdict on each record, in their order."""
    feed = FEEDS[block.feed]
    return [_verdict(feed, record) for _, record in block.records]


def _verdict(feed: Feed, record: bytes) -> Verdict:
    try:
        found = feed.read(SHAPES[feed.name].decode(record))
        text = canonical(found.facts)
    except BAD as error:
        return Refused(reason_of(error))
    # Every record with an id would pass as an adult id; this one may be meant otherwise.
    if feed.name == "adult" and recognise(record) is not feed:
        return Refused("holds more than the ids of an adult anime")
    return Passed(found.subject, text, digest_of(text), found.note)


def reason_of(error: Exception) -> str:
    """The field first, then what is wrong with it: `animeSeason.year: Expected ...`."""
    if isinstance(error, UnicodeDecodeError):
        return "text: is not UTF-8"
    if isinstance(error, RecursionError):
        return "not JSON that we read: nested too deeply"
    message, _, path = str(error).partition(" - at `$")
    if isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError):
        return f"not JSON: {message}"
    field = path.strip("`").lstrip(".")
    return f"{field}: {message}" if field else message
