"""Pages are picked by a seed, and what html-validate says of them is told by rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.tools import tools
from bench.validate import Fault, pick, report, validate
from ports.bucket import Head, open_bucket
from tests.site.published import HTML, Published, settings_for

GOOD = (
    b'<!doctype html>\n<html lang="en">\n<head>\n<title>Good</title>\n</head>\n<body>\n<p>Good.</p>\n</body>\n</html>\n'
)


@pytest.fixture
def site(tmp_path: Path) -> Published:
    settings = settings_for("postgresql://nowhere", tmp_path)
    bucket = open_bucket(settings.bucket_url)
    for number in range(50):
        bucket.put(f"anime/{number}", GOOD, Head(HTML, ""))
    bucket.put("robots.txt", b"", Head("text/plain", ""))
    return Published(settings)


def test_a_seed_picks_the_same_pages_again_and_another_one_others(site: Published) -> None:
    assert pick(site, 20, 1) == pick(site, 20, 1) != pick(site, 20, 2)
    assert len(set(pick(site, 20, 1))) == 20


def test_a_small_site_is_judged_in_full_and_only_its_pages(site: Published) -> None:
    assert set(pick(site, 200, 1)) == {f"/anime/{number}" for number in range(50)}


def test_faults_are_told_by_rule_with_the_first_pages() -> None:
    faults = [Fault("void", f"/{number}", "1:1 no") for number in range(5)] + [Fault("ids", "/x", "2:1 twice")]
    assert [line.split() for line in report(faults).splitlines()] == [
        ["void", "5"], *([f"/{number}", "1:1", "no"] for number in range(3)), ["ids", "1"], ["/x", "2:1", "twice"],
    ]  # fmt: skip


@pytest.mark.live
@pytest.mark.long
def test_html_validate_sees_a_fault_and_lets_a_good_page_be() -> None:
    bad = GOOD.replace(b"<p>", b'<p style="x" id="1"><div id="1">')
    found = validate(tools(), {"/": GOOD, "/anime/bad": bad})
    assert {fault.path for fault in found} == {"/anime/bad"}
    assert {"no-inline-style", "no-dup-id"} <= {fault.rule for fault in found}
