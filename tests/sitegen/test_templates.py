"""Templates and documents agree: each template uses exactly the keys of its document, and every template is used."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError

from sitegen.build import Builder
from sitegen.page import Artifact, Document, PageType, Site
from sitegen.recipe import _closure, _referenced
from sitegen.site import PAGE_TYPES
from sitegen.templating import TEMPLATES, environment
from tests.site.whole import WholeSite
from tests.site.world import make_world


def test_each_template_uses_exactly_the_keys_of_its_document(site: WholeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, given = defaultdict[str, set[str]](set), defaultdict[str, set[frozenset[str]]](set)
    render = Builder.render

    def recorded(builder: Builder, kind: PageType, document: Document) -> Artifact:
        if not kind.template:
            return render(builder, kind, document)
        content = Recording(document.content)
        artifact = render(builder, kind, replace(document, content=content))
        seen[kind.template] |= content.used
        given[kind.template].add(frozenset(document.content))
        return artifact

    monkeypatch.setattr(Builder, "render", recorded)
    make_world(site.connection)
    site.connection.execute("UPDATE anime SET slug = 'moved' WHERE id = (SELECT id FROM anime ORDER BY id LIMIT 1)")
    assert site.build().failed == []

    assert set(given) == {kind.template for kind in PAGE_TYPES if kind.template}
    for template, keys in given.items():
        assert len(keys) == 1, f"documents of {template} differ in their keys: {keys}"
        assert set(*keys) == seen[template], template


def test_every_template_is_used() -> None:
    used = _closure([kind.template for kind in PAGE_TYPES if kind.template], _referenced)
    kept = {
        path.relative_to(TEMPLATES).as_posix()
        for room in ("site", "partials")
        for path in (TEMPLATES / room).glob("*.*")
    }

    assert used == kept


@pytest.mark.parametrize("name", sorted({kind.template for kind in PAGE_TYPES} - {""}))
def test_a_key_that_a_document_lacks_is_an_error(name: str) -> None:
    builder = Builder(Site("https://anime.test", "Anime", "US"))
    kind = next(kind for kind in PAGE_TYPES if kind.template == name)
    if name not in ("site/robots.txt", "site/manifest.webmanifest"):
        with pytest.raises((KeyError, UndefinedError)):
            builder.render(kind, Document("/x", {}))


def test_templates_are_strict_and_escape() -> None:
    env = environment()
    assert env.undefined is StrictUndefined
    assert env.autoescape is True
    assert env.from_string("{{ x }}").render(x="<b>&'\"") == "&lt;b&gt;&amp;&#39;&#34;"
    with pytest.raises(TemplateSyntaxError):
        env.from_string("{% if %}")


class Recording(dict[str, Any]):
    """A dictionary that remembers which keys were asked for."""

    def __init__(self, content: dict[str, Any]) -> None:
        super().__init__(content)
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.used.add(key)
        return super().__getitem__(key)
