"""What an edit would change is foreseen exactly: those pages are written and removed when it is made, and no other."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random

import psycopg
import pytest

from domain.errors import Invalid
from jobs.impact import INDEX, Impact, impact
from tests.jobs.test_impact import renderer
from tests.site.edit_kinds import EDITS
from tests.site.edits import Nothing
from tests.site.test_live_equals_clean import site_of
from tests.site.whole import WholeSite

SOME = ("titles", "slug", "season", "genre link", "offer gone", "new anime")
"""Kinds of edits that are unlike one another; the others take their turn among the long tests."""


def test_what_is_foreseen_is_what_happens(world: str, server: str, tmp_path: Path) -> None:
    foresee_and_compare(world, server, tmp_path, list(SOME), seeds=1)


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_what_is_foreseen_is_what_happens_for_every_kind_of_edit(
    world: str, server: str, tmp_path: Path, part: int
) -> None:
    """But for the ORM's: it commits by a connection of its own, so that nobody could take it back."""
    foresee_and_compare(world, server, tmp_path, sorted(EDITS.keys() - {"orm"})[part::4], seeds=3)


def foresee_and_compare(world: str, server: str, tmp_path: Path, names: list[str], seeds: int) -> None:
    with site_of(world, server, tmp_path) as site:
        site.build()
        for name, seed in ((name, seed) for name in names for seed in range(seeds)):
            foreseen = Impact()
            with suppress(Invalid, Nothing):
                foreseen = impact(renderer(site), partial(EDITS[name], rng=Random(seed)))
            with suppress(psycopg.errors.IntegrityError, Nothing), site.connection.transaction():
                EDITS[name](site.connection, Random(seed))
            stood = standing(site)
            site.build(yes=True)
            happened = built(site, "publish"), built(site, "gone") & stood
            perhaps = {key for key in foreseen.pages if key.split("/")[0] in site.skip} | set(foreseen.unknown)
            foretold = set(foreseen.written), set(foreseen.removed)
            assert [keys - perhaps for keys in foretold] == [keys - perhaps for keys in happened], f"{name} {seed}"
            assert set(foreseen.unknown) <= {INDEX}


def built(site: WholeSite, verdict: str) -> set[str]:
    rows = site.connection.execute("SELECT key FROM page WHERE built > %s AND verdict = %s", [site.version, verdict])
    return {key for (key,) in rows}


def standing(site: WholeSite) -> set[str]:
    return {key for (key,) in site.connection.execute("SELECT key FROM page WHERE path IS NOT NULL")}
