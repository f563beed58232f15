"""The library as pages: everything by links and forms, nothing by scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote
from uuid import UUID

import psycopg
import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.dynamic.people import join
from tests.factories import make_anime, make_noise


def test_an_empty_library_says_where_to_begin(client: FlaskClient) -> None:
    join(client)
    assert "Find something to watch" in client.get("/library").text


def test_who_is_not_signed_in_is_asked_to_and_comes_back(client: FlaskClient) -> None:
    answer = client.get("/library?status=watching")
    assert (answer.status_code, unquote(answer.location)) == (303, "/sign-in?next=/library?status=watching")


def test_a_shelf_is_cut_by_status_words_format_year_tag_score_and_airing(fan: Fan) -> None:
    expected = {
        "": {"Bebop", "Trigun", "Akira"},
        "?status=watching": {"Trigun"},
        "?q=akir": {"Akira"},
        "?format=movie": {"Akira"},
        "?year=1998": {"Bebop", "Trigun"},
        "?tag=space": {"Bebop"},
        "?from=90": {"Akira"},
        "?to=50": {"Bebop"},
        "?airing=1": {"Trigun"},
        "?favourite=1": {"Akira"},
        "?status=dropped": set(),
        "?status=nonsense&sort=%00&year=x": {"Bebop", "Trigun", "Akira"},
    }
    assert {query: set(fan.titles(query)) for query in expected} == expected
    assert fan.titles("?sort=title") == ["Akira", "Bebop", "Trigun"]
    assert fan.titles("?sort=score") == ["Akira", "Trigun", "Bebop"]


def test_tabs_keep_the_filters_and_tell_how_many_there_are(fan: Fan) -> None:
    tabs = {link.text: link["href"] for link in fan.look("?q=a").select("nav[aria-label=Status] a")}
    assert tabs == {
        "All 3": "/library?q=a",
        "Watching 1": "/library?status=watching&q=a",
        "Planning 2": "/library?status=planning&q=a",
    }


def test_a_long_library_is_read_page_by_page(fan: Fan, connection: psycopg.Connection) -> None:
    for number in range(70):
        fan.put(make_anime(connection, f"number-{number:03}"))
    first = fan.look("?sort=title")
    second = fan.look(first.find("a", string="More")["href"].removeprefix("/library"))
    titles = [*names(first), *names(second)]
    assert (len(names(first)), len(titles), titles) == (60, 73, sorted(titles))
    assert second.find("a", string="More") is None


def test_the_next_episode_is_one_press_and_undoing_it_another(fan: Fan) -> None:
    answer = fan.press(fan.look("?q=bebop"), "+ Episode 1")
    assert answer.location.startswith("/library?q=bebop&done=")
    assert answer.location.endswith(f"#e-{fan.bebop}")
    page = fan.look(answer.location.partition("/library")[2].partition("#")[0])
    assert "Watching 1 of 26" in text(page.select_one("li .state"))

    assert fan.press(page, "Undo").location == "/library?q=bebop"
    assert "Planning 0 of 26" in text(fan.look("?q=bebop").select_one("li .state"))


def test_the_button_says_which_episode_it_takes_whatever_was_left_out(fan: Fan) -> None:
    fan.client.put(f"/api/v1/me/library/{fan.bebop}/episodes/25", json={})
    for name, explained in (("+ Episode 26", "Episode 26 watched."), ("+ Missed episode", "Episode 1 watched.")):
        fan.press(fan.look("?q=bebop"), name)
        assert fan.client.get(f"/api/v1/me/library/{fan.bebop}/history").json["changes"][0]["explained"] == explained
    states = fan.client.get(f"/api/v1/me/states?anime={fan.bebop}").json["states"]
    assert (states[0]["progress"], states[0]["furthest"]) == (3, 26)


def test_what_is_ticked_is_changed_together_and_undone_together(fan: Fan) -> None:
    form = fan.look().select_one("form.shelf")
    answer = fan.send(form, anime=[fan.bebop, fan.akira], status="paused", score="70", private="yes")
    done = fan.look(answer.location.removeprefix("/library"))
    assert {text(one).split()[0] for one in done.select("li .state")} == {"Paused", "Watching"}
    assert set(fan.titles("?from=70&to=70")) == {"Bebop", "Akira"}
    fan.press(done, "Undo")
    assert fan.titles("?status=paused") == []
    assert set(fan.titles("?from=95")) == {"Akira"}


def test_a_change_of_nothing_or_to_nothing_is_said_so(fan: Fan) -> None:
    form = fan.look().select_one("form.shelf")
    assert fan.send(form, status="paused").status_code == 422
    refused = soup(fan.send(form, anime=["x"], status="paused"))
    assert (text(refused.h1), text(refused.select_one(".lede"))) == ("That did not work", "Anime is no anime.")
    assert fan.send(form, "/library/undo", change="9" * 5000).status_code == 404
    assert fan.send(form, anime=[fan.bebop], score="71").status_code == 422
    assert fan.send(form, anime=[fan.bebop]).location == "/library"


def test_a_form_without_its_token_changes_nothing(fan: Fan) -> None:
    for path in (f"/library/{fan.bebop}/plus-one", "/library/bulk", "/library/undo", f"/library/{fan.bebop}"):
        assert fan.client.post(path, data={"anime": str(fan.bebop), "status": "dropped"}).status_code == 403
    assert "Planning 0 of 26" in text(fan.look("?q=bebop").select_one("li .state"))


def test_every_field_of_an_entry_is_said_on_its_page(fan: Fan) -> None:
    said = {
        "status": "watching", "progress": "7", "score": "80", "priority": "3", "started": "1998-04",
        "finished": "", "tags": "jazz, space ,", "notes": "Whatever happens,\r\nhappens.", "favourite": "on",
    }  # fmt: skip
    answer = fan.send(fan.page().select_one("form.stack"), **said)
    assert answer.status_code == 303, text(soup(answer).select_one("main"))
    entry = fan.read()
    assert {name: entry[name] for name in ("status", "progress", "score", "priority", "started", "finished")} == {
        "status": "watching", "progress": 7, "score": 80, "priority": 3, "started": "1998-04", "finished": None,
    }  # fmt: skip
    assert (entry["tags"], entry["notes"], entry["favourite"]) == (
        ["jazz", "space"],
        "Whatever happens,\nhappens.",
        True,
    )
    assert fan.send(fan.page().select_one("form.stack")).location == f"/library/{fan.bebop}"
    assert fan.read() == entry


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("started", "soon"),
        ("progress", "many"),
        ("progress", "27"),
        ("score", "1000"),
        ("status", "seen"),
        ("priority", "9"),
    ],
)
def test_what_breaks_a_rule_is_said_and_what_was_typed_is_still_there(fan: Fan, field: str, value: str) -> None:
    answer = fan.send(fan.page().select_one("form.stack"), notes="Long thoughts.", **{field: value})
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select_one("[role=alert]")
    assert text(page.select_one("#notes")) == "Long thoughts."
    assert fan.read()["notes"] == ""


def test_who_saves_what_another_device_has_changed_is_told_and_loses_nothing(fan: Fan) -> None:
    form = fan.page().select_one("form.stack")
    fan.client.patch(f"/api/v1/me/library/{fan.bebop}", json={"score": 30})
    late = fan.send(form, notes="Long thoughts.")
    assert late.status_code == 412
    assert fan.read()["notes"] == ""
    again = fan.send(soup(late).select_one("form.stack"))
    assert again.status_code == 303
    assert fan.read()["notes"] == "Long thoughts."


def test_single_episodes_and_specials_are_said_one_by_one(fan: Fan) -> None:
    def say(**typed: str) -> TestResponse:
        return fan.send(fan.page().select_one('form[action*="/episode"]'), **typed)

    say(number="5", act="watch", known="unknown")
    say(number="6", act="watch", known="day", day="1998-05")
    say(number="1", kind="special", act="watch")
    assert fan.read()["progress"] == 2
    say(number="5", act="unwatch")
    assert fan.read()["progress"] == 1
    assert say(number="27", act="watch").status_code == 422
    assert say(number="x", act="watch").status_code == 422
    assert say(number="3", act="watch", known="day", day="").status_code == 422


def test_long_notes_lose_no_line(fan: Fan) -> None:
    notes = "\n".join(["x" * 98] * 101)
    fan.send(fan.page().select_one("form.stack"), notes=notes.replace("\n", "\r\n"))
    assert fan.read()["notes"] == notes
    assert fan.send(fan.page().select_one("form.stack"), notes="x" * 10_001).status_code == 422


def test_what_was_removed_is_found_in_its_history_and_brought_back(fan: Fan) -> None:
    fan.press(fan.page(), "Remove")
    gone = fan.page()
    assert gone.find("button", string="Track")
    lines = [text(line) for line in gone.select("#history ~ form li")]
    assert "Removed." in lines[0]
    fan.press(gone, "Undo", at=0)
    assert fan.read()["status"] == "planning"


def test_a_finished_one_is_begun_again_and_counted(fan: Fan) -> None:
    fan.send(fan.page().select_one("form.stack"), status="completed")
    assert fan.read()["progress"] == 26
    fan.press(fan.page(), "Watch again")
    assert (fan.read()["status"], fan.read()["progress"]) == ("rewatching", 0)


def test_an_anime_there_is_not_has_no_page(fan: Fan) -> None:
    assert fan.client.get(f"/library/{UUID(int=1 << 100)}").status_code == 404
    assert fan.client.get("/library/never").status_code == 404


class Fan:
    """A browser without scripts in which somebody with three titles is signed in."""

    def __init__(self, client: FlaskClient, connection: psycopg.Connection) -> None:
        self.client = client
        join(client)
        make_noise(connection)
        facts = {"season_year": 1998, "episode_count": 26}
        self.bebop = make_anime(connection, "bebop", **facts)
        self.trigun = make_anime(connection, "trigun", status="airing", **facts)
        self.akira = make_anime(connection, "akira", format="movie", season=None, season_year=1988, episode_count=1)
        self.put(self.bebop, score=50, tags=["space"])
        self.put(self.trigun, status="watching", score=60)
        self.put(self.akira, score=95, favourite=True)

    def put(self, anime: UUID, **fields: object) -> None:
        assert self.client.put(f"/api/v1/me/library/{anime}", json=fields).status_code == 200

    def read(self) -> dict[str, object]:
        return dict(self.client.get(f"/api/v1/me/library/{self.bebop}").json)

    def look(self, query: str = "") -> BeautifulSoup:
        return soup(self.client.get(f"/library{query}"))

    def page(self) -> BeautifulSoup:
        return soup(self.client.get(f"/library/{self.bebop}"))

    def titles(self, query: str = "") -> list[str]:
        return names(self.look(query))

    def press(self, page: BeautifulSoup, name: str, at: int = 0) -> TestResponse:
        """Press a button, as a browser does."""
        button = page.find_all(lambda tag: tag.name == "button" and text(tag).startswith(name))[at]
        more = {button["name"]: button["value"]} if button.get("name") else {}
        return self.send(button.find_parent("form"), button.get("formaction", ""), **more)

    def send(self, form: Tag | None, to: str = "", **typed: object) -> TestResponse:
        """Send a form with what stands in it, but for what is typed here."""
        assert form is not None
        data = MultiDict(fields_of(form))
        for name, value in typed.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        return self.client.post(to or str(form["action"]), data=data)


def fields_of(form: Tag) -> Iterable[tuple[str, str]]:
    for field in form.select("input[name], select[name], textarea[name]"):
        name = str(field["name"])
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            assert chosen is not None
            yield name, str(chosen["value"])
        elif field.name == "textarea":
            yield name, field.text
        elif field.get("type") != "checkbox" or field.has_attr("checked"):
            yield name, str(field.get("value", "on"))


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "lxml")


def names(page: BeautifulSoup) -> list[str]:
    return [text(title) for title in page.select(".shelf h2")]


def text(tag: Tag | None) -> str:
    assert tag is not None
    return re.sub(r"\s+", " ", tag.text).strip()


@pytest.fixture
def fan(client: FlaskClient, connection: psycopg.Connection) -> Fan:
    return Fan(client, connection)
