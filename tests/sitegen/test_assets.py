"""Assets: each stands at an address that names its bytes, and pages follow when it changes."""

from __future__ import annotations

import re

import brotli  # type: ignore[import-untyped]
import pytest

from sitegen import assets, recipe
from sitegen.build import Builder
from sitegen.page import LASTING
from sitegen.pages import asset
from tests.factories import make_noise
from tests.site.whole import WholeSite, differences


def test_every_asset_is_published_to_be_kept_for_a_year(site: WholeSite) -> None:
    site.build()

    live = site.live()
    assert {path[1:] for path in assets.ASSETS.values()} == {key for key in live if key.startswith("static/")}
    assert {live[path[1:]][0].cache_control for path in assets.ASSETS.values()} == {LASTING}


def test_what_a_style_sheet_loads_is_named_by_its_address() -> None:
    loaded = re.findall(r"url\(([^)]+)\)", assets.body("site.css").decode())

    assert loaded
    assert set(loaded) <= set(assets.ASSETS.values())


def test_a_changed_asset_moves_and_its_pages_follow_while_the_old_one_stays(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_noise(site.connection)
    site.build()
    before = site.live()
    change(monkeypatch, "site.css", b"body { color: red }")

    report = site.build()

    after = site.live()
    assert after["static/site.0123456789.css"][1] == b"body { color: red }"
    assert b"/static/site.0123456789.css" in after["index"][1]
    assert b"/static/site.0123456789.css" in after["anime/noise-1"][1]
    assert {"anime", "home", "asset"} <= set(report.plan.outdated)
    assert {"feed_anime", "sitemap", "cover", "redirect"}.isdisjoint(report.plan.outdated)
    old = next(key for key in before if key.startswith("static/site."))
    assert site.bucket.get(old) is not None
    assert old not in after
    assert differences(after, site.clean()) == []


def change(monkeypatch: pytest.MonkeyPatch, name: str, body: bytes) -> None:
    """What a deploy with another asset does: other bytes, another address, and builders that know of no other."""
    stem, _, ending = name.partition(".")
    named = {**assets.ASSETS, name: f"/static/{stem}.0123456789.{ending}"}
    read = assets.body
    monkeypatch.setattr(assets, "body", lambda asked: body if asked == name else read(asked))
    read_bytes = recipe._bytes
    monkeypatch.setattr(recipe, "_bytes", lambda path: body if path.name == name else read_bytes(path))
    for module in (assets, recipe, asset.assets):
        monkeypatch.setattr(module, "ASSETS", named)
    monkeypatch.setattr("sitegen.build.ASSETS", named)
    monkeypatch.setattr("tests.site.whole._builder", Builder)
    recipe._asset_paths.cache_clear()
    monkeypatch.setattr(recipe, "_asset_paths", recipe._asset_paths.__wrapped__)


def test_the_script_of_the_islands_weighs_five_kilobytes_at_most() -> None:
    assert len(brotli.compress(assets.body("islands.js"), quality=4)) <= 5_000
