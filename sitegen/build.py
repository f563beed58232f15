"""Building: documents of a batch from one snapshot, then bytes; two early cutoffs decide what need not be done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import orjson
import psycopg
from jinja2 import Environment
from markupsafe import Markup

from domain import manifest, tags
from domain.built import Built
from domain.lease import Due
from sitegen import seo
from sitegen.assets import ASSETS
from sitegen.page import FRESH, LASTING, Artifact, Document, PageType, Site, subject_of
from sitegen.reader import Reader
from sitegen.reads.batch import Cards
from sitegen.recipe import recipe
from sitegen.templating import environment


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build says of one page, and the artifact where it is to be uploaded, over what bears the tag `over`."""

    built: Built
    artifact: Artifact | None = None
    over: str | None = None


class _Numbers(dict[str, int]):
    """Tag → number, each made once."""

    def __missing__(self, tag: str) -> int:
        self[tag] = number = tags.number(tag)
        return number

    def of(self, names: Iterable[str]) -> list[int]:
        return list(map(self.__getitem__, names))


class Builder:
    """Templates and recipes of one site, ready to build any page of it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._recipes: dict[str, bytes] = {}
        self._numbers = _Numbers()

    @cached_property
    def environment(self) -> Environment:
        env = environment()
        env.globals["site"] = {"url": self.site.url, "name": self.site.name, "contact": self.site.contact}
        env.globals["assets"] = ASSETS
        env.filters["script"] = lambda text: Markup(seo.placed(text, self.site))
        return env

    def recipe(self, kind: PageType) -> bytes:
        if kind.kind not in self._recipes:
            self._recipes[kind.kind] = recipe(kind, self.site)
        return self._recipes[kind.kind]

    def prepare(self, kinds: Iterable[PageType]) -> None:
        """Compile the templates of these kinds, once for all processes that are forked from this one."""
        for kind in kinds:
            if kind.template:
                self.environment.get_template(kind.template)

    def reader(
        self, connection: psycopg.Connection, due: Sequence[Due], as_of: date, cards: Cards | None = None
    ) -> Reader:
        """The reader of one batch; the caller holds one snapshot open as long as it is used.

        `cards` are those of earlier batches by this connection.
        """
        return Reader(connection, [subject_of(page.key) for page in due], as_of, self.site, cards)

    def page(self, read: Reader, kind: PageType, due: Due) -> Outcome:
        """Load one page of the reader's batch, and render it unless nothing that decides its bytes has changed."""
        read.begin()
        document = kind.load(read, subject_of(due.key))
        numbers = self._numbers.of(read.tags)
        recipe = self.recipe(kind)
        if document is None:
            return Outcome(Built(due.key, due.wanted, "gone", recipe=recipe, tags=numbers))
        document_hash = _hash_document(document)
        unchanged = due.document_hash == document_hash and due.path == document.path
        built: dict[str, Any] = {
            "key": due.key,
            "wanted": due.wanted,
            "path": document.path,
            "document_hash": document_hash,
            "recipe": recipe,
            "tags": numbers,
            "expires_on": document.expires_on,
            "indexable": document.indexable,
            "shard": shard_of(document.path),
            "lasting": kind.lasting,
        }
        if unchanged and due.recipe == recipe and due.artifact_hash is not None:
            return Outcome(Built(**built, verdict="fresh", artifact_hash=due.artifact_hash))
        artifact = self.render(kind, document)
        artifact_hash = _hash_artifact(artifact)
        if artifact_hash == due.artifact_hash:
            return Outcome(Built(**built, verdict="unchanged", artifact_hash=artifact_hash, size=len(artifact.body)))
        over = due.etag if due.path == document.path else None
        published = Built(**built, verdict="publish", artifact_hash=artifact_hash, size=len(artifact.body))
        return Outcome(published, artifact, over)

    def render(self, kind: PageType, document: Document) -> Artifact:
        """The bytes of a document; nothing but the document and the recipe decides them."""
        body = kind.draw(document.content, self.site) if kind.draw else self._fill(kind.template, document.content)
        cache_control = LASTING if kind.lasting else FRESH
        content_type = document.content_type or kind.content_type
        return Artifact(document.path, body, content_type, document.status, document.location, cache_control)

    def _fill(self, name: str, content: dict[str, Any]) -> bytes:
        template = self.environment.get_template(name)
        context = self.environment.context_class(
            self.environment, {**self.environment.globals, "page": content}, template.name, {}
        )
        return "".join(template.root_render_func(context)).encode()

    def failed(self, read: Reader, kind: PageType, due: Due, cause: str) -> Outcome:
        """What the page had read stays remembered, so that the correction of a fact tries it again."""
        numbers = self._numbers.of(read.tags)
        return Outcome(Built(due.key, due.wanted, "failed", recipe=self.recipe(kind), tags=numbers, error=cause))


def _hash_document(document: Document) -> bytes:
    # keys are not sorted: a page's code makes them in one order, and its code is part of the recipe
    plain = orjson.dumps([document.content, document.status, document.location, document.indexable])
    return hashlib.sha256(plain).digest()[:16]


def _hash_artifact(artifact: Artifact) -> bytes:
    head = (artifact.path, artifact.content_type, artifact.status, artifact.location, artifact.cache_control)
    digest = hashlib.sha256("\0".join(map(str, head)).encode() + b"\0")
    digest.update(artifact.body)
    return digest.digest()[:16]


def shard_of(path: str) -> int:
    """The sitemap slot of a path, 0 to 65535: a hash, so that slots fill evenly and never shift."""
    return int.from_bytes(hashlib.blake2b(path.encode(), digest_size=2).digest(), "big") % manifest.SHARDS
