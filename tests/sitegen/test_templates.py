"""Templates and documents agree: each template uses exactly the keys of its document, and every template is used."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError

from sitegen.build import Builder
from sitegen.page import Artifact, Document, PageType, Site
from sitegen.recipe import _closure, _referenced
from sitegen.site import PAGE_TYPES
from sitegen.templating import TEMPLATES, environment
from tests.domain.fans import make_member
from tests.factories import insert, make_anime, make_offer, make_platform, make_review
from tests.site.whole import WholeSite
from tests.site.world import make_world


def test_each_template_uses_exactly_the_keys_of_its_document(site: WholeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, inside = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    given = defaultdict[str, set[frozenset[str]]](set)
    render = Builder.render

    def recorded(builder: Builder, kind: PageType, document: Document) -> Artifact:
        if not kind.template:
            return render(builder, kind, document)
        used = seen[kind.template]
        artifact = render(builder, kind, replace(document, content=Recording(document.content, used)))
        given[kind.template].add(frozenset(document.content))
        inside[kind.template] |= set(_keys_within(document.content))
        return artifact

    monkeypatch.setattr(Builder, "render", recorded)
    make_world(site.connection)
    site.connection.execute("UPDATE anime SET slug = 'moved' WHERE id = (SELECT id FROM anime ORDER BY id LIMIT 1)")
    coming = {"title_japanese": "来るもの", "episode_count": 12, "status": "upcoming", "start_date": date(2027, 1, 9)}
    anime = make_anime(site.connection, "coming", **coming, start_precision="day")
    make_offer(site.connection, anime, make_platform(site.connection, "Offering"))
    make_review(site.connection, make_member(site.connection), anime, body="> *a*\n\n- b", spoiler=True)
    insert(site.connection, "reception", {"anime_id": anime, "score": 84, "votes": 12, "fans": 30})
    assert site.build().failed == []

    assert set(given) == {kind.template for kind in PAGE_TYPES if kind.template}
    for template, keys in given.items():
        assert len(keys) == 1, f"documents of {template} differ in their keys: {keys}"
        assert set(*keys) == {name for name in seen[template] if not re.search(r"\W", name)}, template
        assert {name for name in inside[template] - seen[template] if not name.startswith(SHARED)} == set(), template
    assert set().union(*inside.values()) - set().union(*seen.values()) == FOR_CODE


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


def test_a_loop_knows_the_place_of_each_item_and_which_is_the_last() -> None:
    template = environment().from_string(
        "{% for x in xs %}{{ loop.index }}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}"
    )
    assert template.render(xs=["a", "b"]) == "1a, 2b"
    assert template.render(xs=[]) == ""


class Recording(dict[str, Any]):
    """A dictionary that remembers which keys of it, and of what is in it, were asked for: `now`, `now.state`."""

    def __init__(self, content: dict[str, Any], used: set[str], at: str = "") -> None:
        super().__init__(content)
        self._used, self._at = used, at

    def __getitem__(self, key: str) -> Any:
        self._used.add(f"{self._at}{key}")
        return self._recording(super().__getitem__(key), f"{self._at}{key}.")

    def _recording(self, value: Any, at: str) -> Any:
        if isinstance(value, dict):
            return Recording(value, self._used, _place(value, at))
        return [self._recording(one, at) for one in value] if isinstance(value, (list, tuple)) else value


def _keys_within(value: Any, at: str = "") -> Iterator[str]:
    """The same names of all that is in a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{at}{key}"
            yield from _keys_within(inner, _place(inner, f"{at}{key}."))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _keys_within(one, _place(one, at))


def _place(value: Any, at: str) -> str:
    """Cards are the same everywhere, and no template shows all of one."""
    return CARD if isinstance(value, dict) and "native_lang" in value and "hue" in value and "id" in value else at


CARD = "card."
SHARED = (CARD, "head.")
"""What is the same on all kinds of pages, and of which some show a part only."""
FOR_CODE = {"card.format", "card.year"}
"""What only the code that makes documents asks of a card: it groups and counts by it."""
