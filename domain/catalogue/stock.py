"""What the catalogue holds when an import begins, and what the import has taken in so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import NamedTuple

import msgspec
import psycopg

from domain.catalogue import said
from domain.catalogue.feeds import FEEDS
from domain.catalogue.identity import IdIndex
from domain.catalogue.reading import canonical

DECODERS = {name: msgspec.json.Decoder(feed.facts) for name, feed in FEEDS.items()}


def digest_of(facts: bytes) -> bytes:
    return blake2b(facts, digest_size=16).digest()


class Head(NamedTuple):
    """A stored record without its facts; `also` is read only while it waits."""

    anime_id: str | None
    digest: bytes
    also: str | None = None


class Pending(NamedTuple):
    """A record to be written: what it says, the same as bytes, and whose it is, if that is known."""

    facts: said.Said
    text: bytes
    head: Head


class Stock:
    """Stored heads and pending records by feed and subject, and the index of external ids."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.index = IdIndex()
        self.heads: dict[str, dict[str, Head]] = {name: {} for name in FEEDS}
        self.stored: dict[str, dict[str, Head]] = {name: {} for name in FEEDS}
        self.pending: dict[str, dict[str, Pending]] = {name: {} for name in FEEDS}
        self._load()

    def _load(self) -> None:
        ids = msgspec.json.Decoder(dict[str, list[str]])
        for anime_id, external_ids in self.connection.execute("SELECT id::text, external_ids::text FROM anime"):
            self.index.load(anime_id, ids.decode(external_ids))
        question = """SELECT feed, subject, anime_id::text, digest,
                             CASE WHEN anime_id IS NULL THEN facts->>'also' END FROM feed_record"""
        for feed, subject, *head in self.connection.execute(question):
            self.stored[feed][subject] = self.heads[feed][subject] = Head(*head)
        self.existed = frozenset(self.index.known)

    def put(
        self,
        feed: str,
        subject: str,
        facts: said.Said,
        anime_id: str | None,
        text: bytes | None = None,
    ) -> None:
        """Take a record in; it is written when the import ends."""
        text = canonical(facts) if text is None else text
        head = Head(anime_id, digest_of(text), getattr(facts, "also", None))
        self.heads[feed][subject] = head
        self.pending[feed][subject] = Pending(facts, text, head)

    def settle(self, feed: str, subject: str, facts: said.Said, text: bytes, digest: bytes) -> str:
        """Take a record in unless it says what is known already; returns its outcome."""
        head = self.heads[feed].get(subject)
        anime_id = self.anime_of(subject, getattr(facts, "also", None)) or (head.anime_id if head else None)
        if head is not None and head.digest == digest and head.anime_id == anime_id:
            return "unchanged" if anime_id else "waiting"
        self.put(feed, subject, facts, anime_id, text)
        if anime_id is None:
            return "waiting"
        return "changed" if head is not None and head.anime_id is not None else "added"

    def anime_of(self, subject: str, also: str | None) -> str | None:
        """The anime of a subject, or of its other id where that anime has no id of the subject's own kind.

        A record of `mal:2` that shares an AniList id with `mal:1` speaks of another anime.
        """
        found = self.index.now(subject)
        if found is None and also is not None:
            found = self.index.now(also)
            if found is not None and self.index.has(found, subject.partition(":")[0]):
                return None
        return found

    def slugs_of(self, anime_ids: Iterable[str]) -> dict[str, str]:
        question = "SELECT id::text, slug FROM anime WHERE id = ANY(%s::uuid[])"
        return dict(self.connection.execute(question, (list(anime_ids),)).fetchall())

    def facts(self, feed: str, subjects: Iterable[str]) -> dict[str, said.Said]:
        """What is known under these subjects, pending before stored."""
        pending = self.pending[feed]
        wanted = list(subjects)
        found = {subject: pending[subject].facts for subject in wanted if subject in pending}
        asked = [subject for subject in wanted if subject not in found and subject in self.stored[feed]]
        if asked:
            question = "SELECT subject, facts::text FROM feed_record WHERE feed = %s AND subject = ANY(%s)"
            decode = DECODERS[feed].decode
            for subject, text in self.connection.execute(question, (feed, asked)):
                found[subject] = decode(text)
        return found

    def records_of(
        self, anime_ids: Collection[str], feeds: Collection[str]
    ) -> Iterable[tuple[str, str, str, said.Said]]:
        """The stored records of these anime: (anime, feed, subject, facts)."""
        asked = [anime_id for anime_id in anime_ids if anime_id in self.existed]
        if not asked:
            return
        question = """SELECT anime_id::text, feed, subject, facts::text FROM feed_record
                      WHERE anime_id = ANY(%s::uuid[]) AND feed = ANY(%s)"""
        with self.connection.cursor() as cursor:
            for anime_id, feed, subject, text in cursor.execute(question, (asked, list(feeds))):
                yield anime_id, feed, subject, DECODERS[feed].decode(text)
