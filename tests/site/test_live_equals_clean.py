"""Law 8: after any sequence of edits, the live site equals a clean build, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ports.database import connect
from tests.conftest import fresh_database, fresh_site
from tests.site.edit_kinds import EDITS
from tests.site.edits import Nothing
from tests.site.whole import WholeSite, differences

pytestmark = pytest.mark.early
BUILD, LATER = "build", "later"
FEW = 4
"""Edits in a row whose pages are compared together: a clean build takes longer than all of them."""
Step = tuple[str, int]
STEPS = st.tuples(st.one_of(st.sampled_from([BUILD, LATER]), st.sampled_from(sorted(EDITS))), st.integers(0, 999))
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


def sequences(least: int, most: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(STEPS, min_size=least, max_size=most)


@settings(max_examples=1, deadline=None, suppress_health_check=QUIET, phases=PHASES, derandomize=True, database=None)
@given(steps=sequences(8, 12))
def test_live_equals_clean_after_any_sequence_of_edits(
    world: str, server: str, tmp_path: Path, steps: list[Step]
) -> None:
    walk(world, server, tmp_path, steps)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("part", range(4))  # shared out over the workers
@settings(max_examples=12, deadline=None, suppress_health_check=QUIET, phases=PHASES, database=None)
@given(steps=sequences(20, 30))
def test_live_equals_clean_after_many_edits(
    world: str, server: str, tmp_path: Path, part: int, steps: list[Step]
) -> None:
    walk(world, server, tmp_path, steps)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in (1, 2, 3))])
def test_live_equals_clean_after_each_kind_of_edit(world: str, server: str, tmp_path: Path, part: int) -> None:
    with site_of(world, server, tmp_path) as site:
        site.build()
        names = sorted(EDITS)[part::4]
        for few in (names[at : at + FEW] for at in range(0, len(names), FEW)):
            for name in few:
                act(site, name, 0)
            build_and_compare(site, f"after {few}")


def walk(world: str, server: str, tmp_path: Path, steps: list[Step]) -> None:
    with site_of(world, server, tmp_path) as site:
        for name, number in [*steps, (BUILD, 0)]:
            if name == BUILD:
                build_and_compare(site)
            elif name == LATER:
                site.as_of += timedelta(days=(1, 2, 10, 45, 100)[number % 5])
            else:
                act(site, name, number)


def act(site: WholeSite, name: str, seed: int) -> None:
    """One edit in one transaction; one that breaks a rule of the database is rolled back and changes nothing."""
    with suppress(psycopg.errors.IntegrityError, Nothing), site.connection.transaction():
        EDITS[name](site.connection, Random(seed))


def build_and_compare(site: WholeSite, when: str = "") -> None:
    before = site.live()
    report = site.build(yes=True)
    live = site.live()
    assert report.failed == []
    assert differences(live, site.clean()) == [], when
    assert site.paths() == sorted(live)
    assert site.dirty() == []
    # exact: whatever was uploaded differs from what stood there
    changed = {key for key in live if before.get(key) != live[key]}
    assert {path[1:] or "index" for path in site.uploaded()} == changed


@contextmanager
def site_of(world: str, server: str, tmp_path: Path) -> Iterator[WholeSite]:
    with contextmanager(fresh_database)(server, world) as url, connect(url) as connection:
        with contextmanager(fresh_site)(connection, url, tmp_path) as site:
            yield site
