"""Recipes: what decides a page's bytes besides data; a deploy rebuilds the kinds that it changed, and moves no date."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from ports.settings import PROJECT
from sitegen import recipe
from sitegen.build import Builder
from sitegen.page import PageType, Site
from sitegen.site import BY_KIND, PAGE_TYPES
from sitegen.templating import TEMPLATES
from tests.factories import make_noise
from tests.site.whole import WholeSite, differences

SITE = Site("https://anime.test", "Anime", "US")


@pytest.mark.parametrize("kind", PAGE_TYPES, ids=lambda kind: kind.kind)
def test_a_recipe_covers_every_module_of_ours_that_the_page_imports(kind: PageType) -> None:
    covered = recipe._closure([kind.load.__module__, *recipe.ALWAYS], recipe._imported)

    assert covered >= really_imported(kind.load.__module__)


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.*ml")) + sorted(TEMPLATES.rglob("*.txt")), ids=lambda p: p.name
)
def test_a_recipe_covers_every_template_that_a_template_refers_to(path: Path) -> None:
    named = set(meta.find_referenced_templates(Environment().parse(path.read_text(encoding="utf-8"))))

    assert named == set(recipe._referenced(str(path.relative_to(TEMPLATES))))


def test_a_template_that_every_page_shares_publishes_all_of_them_and_moves_no_date(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_noise(site.connection)
    site.build()
    before, sitemap = dates(site), site.live()["sitemap.xml"]
    change_template(monkeypatch, "base.html")
    monkeypatch.setattr("tests.site.whole._builder", named_otherwise)

    report = site.build()

    html = {kind for kind, _ in before.values() if "partials/base.html" in templates_of(BY_KIND[kind])}
    assert report.plan.outdated.keys() == html
    assert report.verdicts == {"publish": sum(report.plan.outdated.values())}
    assert b"Another Name" in site.live()["index"][1]
    assert dates(site) == before
    assert site.live()["sitemap.xml"] == sitemap


@pytest.mark.long
def test_another_name_of_the_site_rebuilds_every_page_and_moves_no_date(site: WholeSite) -> None:
    make_noise(site.connection)
    site.build()
    before = dates(site)
    site.settings = replace(site.settings, site_name="Another Name")

    site.build()

    assert b"Another Name" in site.live()["index"][1]
    assert {key for key, date in dates(site).items() if before[key] != date} == set()
    assert differences(site.live(), site.clean()) == []


def test_a_changed_template_rebuilds_the_kinds_that_use_it_and_no_other(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_noise(site.connection)
    site.build()
    change_template(monkeypatch, "studio.html")
    monkeypatch.setattr("tests.site.whole._builder", Builder)  # those of other tests remember their recipes

    report = site.build()

    assert dict(report.plan.outdated) == {"studio": 1}
    assert report.verdicts == {"unchanged": 1}
    assert site.published() == set()


def test_kinds_have_recipes_of_their_own() -> None:
    assert len({recipe.recipe(kind, SITE) for kind in PAGE_TYPES}) == len(PAGE_TYPES)
    assert recipe.recipe(BY_KIND["anime"], SITE) != recipe.recipe(
        BY_KIND["anime"], replace(SITE, url="https://other.test")
    )


def dates(site: WholeSite) -> dict[str, tuple[str, object]]:
    """Kind and date of every page by its key."""
    rows = site.connection.execute("SELECT key, kind, changed_at FROM page")
    return {key: (kind, changed) for key, kind, changed in rows}


def templates_of(kind: PageType) -> set[str]:
    return recipe._closure([kind.template] if kind.template else [], recipe._referenced)


def change_template(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let recipes see other bytes in this template."""
    read = recipe._bytes
    monkeypatch.setattr(recipe, "_bytes", lambda path: b"newer" if path.name == name else read(path))


def named_otherwise(site: Site) -> Builder:
    """A builder whose templates write another name: what a change of the shared template does to every page."""
    builder = Builder(site)
    builder.environment.globals["site"]["name"] = "Another Name"
    return builder


def really_imported(module: str) -> set[str]:
    """Every module of sitegen and domain that this one imports at run time, near or far."""
    found, todo = set[str](), [module]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        for node in ast.walk(ast.parse(path_of(name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("sitegen", "domain")):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                todo += [name for name in names if path_of(name).exists()]
    return found


def path_of(module: str) -> Path:
    path = PROJECT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")
