"""Our templates in the languages of the benchmark's peers."""

from __future__ import annotations

import re

import pytest
from jinja2 import nodes

from bench.peers import TEMPLATES
from bench.translate import Go, JavaScript, for_eleventy, for_hugo
from sitegen.page import Site

SITE = Site("https://anime.example", "A & B", "US", "mailto:security@anime.example")


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_has_a_translation(template: str) -> None:
    layout, module = for_hugo(template, SITE), for_eleventy([template], SITE)
    assert layout.count("{{ if ") + layout.count("{{ range ") == layout.count("{{ end }}")
    assert module.count("{\n") == len(re.findall(r"^ *\}", module, re.MULTILINE))
    assert not re.search(r"\{%|\{[^{}\n]*\b(site|assets)\b", layout + module)


def test_what_a_template_includes_stands_in_it() -> None:
    assert '<ul class="covers">' in for_hugo("site/shelf.html", SITE)
    assert '<ul class="covers">' in for_eleventy(["site/shelf.html"], SITE)


def test_what_is_known_of_the_site_is_text() -> None:
    assert "{{ $page.head.title }} · A &amp; B</title>" in for_hugo("site/home.html", SITE)
    assert r'"name": "A \u0026 B"' in for_hugo("site/manifest.webmanifest", SITE)
    assert re.search(r'href="/static/site\.\w{10}\.css"', for_eleventy(["site/home.html"], SITE))


def test_a_layout_that_says_nothing_of_a_document_asks_for_none() -> None:
    assert "$page" not in for_hugo("site/robots.txt", SITE)
    assert for_hugo("site/sitemap.xml", SITE).startswith("{{- $page := ")


def test_a_name_that_is_set_is_what_it_stands_for() -> None:
    layout = for_hugo("site/anime.html", SITE)
    assert "$line := $page.episodes }}" in layout and "$line := $page.specials }}" in layout
    assert "$episodes" not in layout


def test_pictures_are_lazy_from_the_fifth_on() -> None:
    assert '{{ if ge $at0 4 }} loading="lazy"{{ end }}' in for_hugo("site/shelf.html", SITE)
    assert "if (at0 >= 4) {\nout += ` loading" in for_eleventy(["site/shelf.html"], SITE)


def test_a_loop_knows_its_last_turn() -> None:
    assert "{{ if not (eq $at0 $last0) }}, {{ end }}" in for_hugo("site/anime.html", SITE)
    assert "if (!(at0 === list0.length - 1)) {\nout += `, `" in for_eleventy(["site/anime.html"], SITE)


def test_an_empty_list_is_nothing_in_javascript_too() -> None:
    module = for_eleventy(["site/anime.html"], SITE)
    assert "if ((some(page.watch) || some(page.episodes))) {" in module


def test_structured_data_is_not_escaped() -> None:
    assert "{{ $data | safeJS }}" in for_hugo("site/home.html", SITE)
    assert '<script type="application/ld+json">${data}</script>' in for_eleventy(["site/home.html"], SITE)


def test_a_declaration_of_xml_is_safe_from_escaping() -> None:
    assert '{{ `<?xml version="1.0" encoding="UTF-8"?>` | safeHTML }}' in for_hugo("site/feed.atom", SITE)


def test_text_cannot_end_a_template_string() -> None:
    assert JavaScript(SITE).text("a`b${c}\\") == "a\\`b\\${c}\\\\"


def test_a_construct_that_is_new_is_refused() -> None:
    sum_of_two = nodes.Add(nodes.Name("one", "load"), nodes.Name("two", "load"))
    with pytest.raises(KeyError):
        Go(SITE).expression(sum_of_two)
