"""What the benchmark hands to the peers."""

from __future__ import annotations

from bench.course import PICTURES
from bench.export import file_of
from sitegen.site import BY_KIND


def test_a_page_has_a_file_with_an_ending() -> None:
    assert file_of("/") == "/index.html"
    assert file_of("/season/fall-2026/a-z") == "/season/fall-2026/a-z.html"


def test_an_address_with_an_ending_keeps_it() -> None:
    for path in ("/feeds/anime.atom", "/manifest.webmanifest", "/.well-known/security.txt", "/sitemaps/0.xml"):
        assert file_of(path) == path


def test_pictures_and_assets_are_left_out_of_measured_builds() -> None:
    left_out = set(PICTURES) - {"--skip"}
    assert {"cover", "share_anime", "poster", "asset"} <= left_out
    assert not any(BY_KIND[kind].template for kind in left_out)
