"""Impact: what an edit would change is known before it is made, exactly, and asking leaves nothing behind."""

from __future__ import annotations

import psycopg
import pytest

from domain import history
from domain.errors import Conflict, Invalid
from jobs.explain import explain
from jobs.impact import impact, impact_of_tags, statement
from jobs.relay import relay_all
from jobs.render import Renderer
from ports.database import connect
from tests.factories import edit, make_anime, make_noise, make_offer, make_platform, make_studio
from tests.site.whole import BEGAN, WarmBuild, WholeSite


def test_asking_leaves_nothing_behind(site: WholeSite) -> None:
    anime = make_anime(site.connection, "bebop")
    make_noise(site.connection)
    site.build()
    before = everything(site)

    found = impact(renderer(site), lambda connection: edit(connection, anime, season="fall", status="airing"))

    assert f"anime/{anime}" in found.written
    assert "season/fall-2020" in found.written
    assert everything(site) == before
    assert site.settle() == {}


def test_what_others_logged_meanwhile_is_not_taken_for_the_edits_doing(site: WholeSite, database_url: str) -> None:
    one, two = make_anime(site.connection, "one"), make_anime(site.connection, "two", season="fall")
    site.build()
    edit(site.connection, two, synopsis="Logged before.", synopsis_source="here")

    def ours(connection: psycopg.Connection) -> None:
        edit(connection, one, synopsis="Ours.", synopsis_source="here")
        with connect(database_url) as other:
            edit(other, two, synopsis="Logged meanwhile.", synopsis_source="here")

    assert [key for key in impact(renderer(site), ours).pages if key.startswith("anime/")] == [f"anime/{one}"]


def test_beyond_what_is_worth_a_look_pages_are_named_and_not_built(site: WholeSite) -> None:
    anime = make_anime(site.connection, "bebop")
    site.build()

    found = impact(renderer(site), lambda connection: edit(connection, anime, title_english="New"), most=1)

    assert found.unknown
    assert len(found.written) + len(found.same) <= 1 + 2, "one page, its sitemap and the index"


def test_an_edit_that_breaks_a_rule_is_refused_in_one_line(site: WholeSite) -> None:
    anime = make_anime(site.connection, "bebop")
    with pytest.raises(Invalid, match="the database refuses this edit") as refused:
        impact(renderer(site), lambda connection: edit(connection, anime, synopsis="Without a source."))
    assert "\n" not in str(refused.value)


def test_any_statement_may_be_asked_about_and_none_is_kept(site: WholeSite) -> None:
    anime = make_anime(site.connection, "bebop")
    make_offer(site.connection, anime, make_platform(site.connection, "Streams"))
    site.build()
    before = everything(site)

    found = impact(renderer(site), statement("DELETE FROM offer WHERE url LIKE '%'"))
    assert f"anime/{anime}" in found.written and f"watch/{anime}" in found.pages

    for text in ("DELETE FROM offer; COMMIT", "COMMIT", "ROLLBACK", "VACUUM", "DELETE FROM nothing", "nonsense"):
        with pytest.raises(Invalid) as refused:
            impact(renderer(site), statement(text))
        assert "\n" not in str(refused.value)
    assert everything(site) == before


def test_who_waits_for_a_row_is_told_so_soon(
    site: WholeSite, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.impact.PATIENCE", "50ms")
    anime = make_anime(site.connection, "bebop")
    with connect(database_url) as other, other.transaction():
        edit(other, anime, title_english="Theirs")
        with pytest.raises(Conflict, match="somebody else"):
            impact(renderer(site), lambda connection: edit(connection, anime, title_english="Ours"))


def test_a_transaction_of_somebody_else_is_not_rolled_back(site: WholeSite) -> None:
    with site.connection.transaction(), pytest.raises(ValueError, match="in a transaction"):
        impact(renderer(site), lambda connection: None)


def test_pages_are_found_by_what_they_read(site: WholeSite) -> None:
    anime = make_anime(site.connection, "bebop")
    studio = make_studio(site.connection, "Sunrise", anime)
    site.build()

    reached = impact_of_tags(renderer(site), [f"studio:{studio}"])

    assert {f"anime/{anime}", f"studio/{studio}"} <= set(reached)
    assert not any(key.startswith(("season/", "genre/")) for key in reached)


def test_a_page_remembers_its_last_verdicts_after_edits_and_what_they_were(site: WholeSite) -> None:
    anime = make_anime(site.connection, "bebop")
    site.build()
    assert site.connection.execute("SELECT count(*) FROM verdict_log").fetchone() == (0,), "a first build writes none"

    for number in range(7):
        edit(site.connection, anime, synopsis=f"Number {number}.", synopsis_source="here")
        site.build()
    told = [line for line in explain(site.connection, "/anime/bebop") if "publish after anime bebop: synopsis" in line]

    assert len(told) == 5
    assert history.prune(site.connection) > 0
    kept = "SELECT count(*) FROM verdict_log WHERE key = %s"
    assert site.connection.execute(kept, [f"anime/{anime}"]).fetchone() == (5,)


def everything(site: WholeSite) -> list[object]:
    """All that an edit could leave behind, and the last version that was used."""
    tables = ("anime", "season", "similar_title", "change_log", "page", "orphan", "schedule", "site_state", "touch")
    rows: list[object] = [site.connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]
    rows.append(site.connection.execute("SELECT last_value FROM page_version").fetchone())
    return [*rows, relay_all(site.connection)]


def renderer(site: WholeSite) -> Renderer:
    order = WarmBuild(site.settings, site.as_of, BEGAN)
    return Renderer(site.connection, site.bucket, order.builder(), site.as_of, BEGAN)
