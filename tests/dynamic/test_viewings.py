"""The page of an entry: single viewings, rounds and history, put right by forms without scripts."""

from __future__ import annotations

import psycopg
import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.dynamic.people import submit
from tests.dynamic.test_library import Fan, soup, text


def test_a_viewing_is_added_with_its_time_where_the_fan_is(fan: Fan) -> None:
    submit(fan.client, "/settings", display_name="", scale="10", time_zone="Asia/Tokyo")
    say(fan, number="1", known="day", day="2019-03-04 20:30")
    say(fan, number="2", day="2019-03")  # who says when means that, whatever stands beside it
    say(fan, number="1", kind="special", known="unknown")
    assert lines(fan.page()) == ["Special 1 Some time web", "Episode 2 2019-03 web", "Episode 1 2019-03-04 20:30 web"]
    (watch,) = watches(fan, "?episode=1&kind=regular")
    assert (watch["watched_at"], watch["watched_on"]) == ("2019-03-04T11:30:00Z", "2019-03-04")


def test_when_a_viewing_was_is_put_right_and_that_is_undone_in_one_press(fan: Fan) -> None:
    fan.press(fan.page(), "+ Episode 1")
    for said in ("2012-05-17 21:30", "2012-05-17", "2012-05", "2012", ""):
        answer = fan.send(of_viewing(fan.page(), 1), when=said)
        assert answer.location.endswith("#viewings"), answer.text
        assert lines(fan.page()) == [f"Episode 1 {said or 'Some time'} web"]
    page = soup(fan.client.get(answer.location))
    assert "Changed when episode 1 was watched." in text(page.select_one("#history ~ form li"))
    fan.press(page, "Undo")
    assert lines(fan.page()) == ["Episode 1 2012 web"]


def test_a_time_that_is_left_alone_stays_as_exact_as_it_was(fan: Fan) -> None:
    fan.press(fan.page(), "+ Episode 1")
    before = watches(fan)
    assert fan.send(of_viewing(fan.page(), 1)).location == f"/library/{fan.bebop}#viewings"
    assert watches(fan) == before


def test_a_viewing_that_was_none_is_removed(fan: Fan) -> None:
    for _ in range(2):
        fan.press(fan.page(), "+ Episode")
    fan.press(fan.page(), "Remove this viewing", at=1)
    assert [line.split(" 20")[0] for line in lines(fan.page())] == ["Episode 2"]
    assert fan.read()["progress"] == 1


def test_what_is_no_date_is_said_and_stands_there_still(fan: Fan) -> None:
    fan.press(fan.page(), "+ Episode 1")
    for typed in ("soon", "2999", "2012-13", "2012-02-30 10:00", "1066"):
        answer = fan.send(of_viewing(fan.page(), 1), when=typed)
        page = soup(answer)
        assert answer.status_code == 422
        assert text(page.select_one("p.wrong[role=alert]")).startswith("When ")
        (field,) = page.select("details[open] input[name=when]")
        assert field["value"] == typed
        assert page.find("button", string="+ Episode 2"), "what was typed elsewhere is no name of a button"


def test_who_dates_what_another_device_has_changed_is_told_and_loses_nothing(fan: Fan) -> None:
    fan.press(fan.page(), "+ Episode 1")
    form = of_viewing(fan.page(), 1)
    fan.client.patch(f"/api/v1/me/library/{fan.bebop}/watches/1", json={"watched_on": "2011"})
    late = fan.send(form, when="2012")
    assert late.status_code == 412
    assert lines(fan.page()) == ["Episode 1 2011 web"]
    assert fan.send(of_viewing(soup(late), 1)).status_code == 303
    assert lines(fan.page()) == ["Episode 1 2012 web"]


def test_many_viewings_are_read_page_by_page_or_by_episode(fan: Fan) -> None:
    fan.client.put(f"/api/v1/me/library/{fan.bebop}/progress", json={"progress": 25})
    first = fan.page()
    assert len(lines(first)) == 20 and lines(first)[0].startswith("Episode 25 ")
    second = soup(fan.client.get(str(one(first, "Earlier ones")["href"])))
    assert [line.split()[1] for line in lines(second)] == ["5", "4", "3", "2", "1"]
    answer = fan.send(of_viewing(second, 5), when="2012")
    assert answer.location.startswith(f"/library/{fan.bebop}?viewings=6&done=")
    assert soup(fan.client.get(f"/library/{fan.bebop}?viewings=6")).find("a", string="The newest")
    of_one = soup(fan.client.get(f"/library/{fan.bebop}?episode=5"))
    assert lines(of_one) == ["Episode 5 2012 api"]
    none = soup(fan.client.get(f"/library/{fan.bebop}?episode=26&viewings=x&history=%00"))
    assert lines(none) == ["None of that episode."]


def test_who_saves_on_an_earlier_part_of_the_page_comes_back_to_it_also_after_a_mistake(fan: Fan) -> None:
    fan.client.put(f"/api/v1/me/library/{fan.bebop}/progress", json={"progress": 25})
    for choose, wrong, right in (
        ("form.stack", {"progress": "many"}, {"progress": "25"}),
        ('form[action*="/episode"]', {"number": "x", "act": "watch"}, {"number": "26", "act": "watch"}),
    ):
        page = soup(fan.client.get(f"/library/{fan.bebop}?viewings=6"))
        refused = fan.send(page.select_one(choose), **wrong)
        assert refused.status_code == 422 and len(lines(soup(refused))) == 5
        answer = fan.send(soup(refused).select_one(choose), **right)
        assert answer.location.startswith(f"/library/{fan.bebop}?viewings=6"), choose


def test_each_round_is_shown_and_its_dates_are_put_right(fan: Fan) -> None:
    assert not fan.page().select("#rounds")
    fan.send(fan.page().select_one("form.stack"), status="completed", started="1998-04")
    fan.press(fan.page(), "Watch again")
    fan.press(fan.page(), "+ Episode 1")
    fan.send(of_round(fan.page(), 0), finished="1999-04-24")
    answer = fan.send(of_round(fan.page(), 1), started="2012-05", finished="2012")
    assert answer.location.endswith("#rounds")
    assert rounds(fan.page()) == [
        "Rewatch 1 1 of 26 episodes 2012-05 to 2012",
        "First time 26 of 26 episodes 1998-04 to 1999-04-24",
    ]
    assert fan.read()["finished"] == "1999-04-24"
    wrong = fan.send(of_round(fan.page(), 1), started="2013")
    assert wrong.status_code == 422
    (field,) = soup(wrong).select("details[open] input[name=started]")
    assert field["value"] == "2013"
    assert soup(wrong).select_one("#started")["value"] == "1998-04", "the dates of the first time are others"


def test_a_date_of_a_round_that_is_left_alone_still_follows_its_viewings(fan: Fan) -> None:
    fan.send(fan.page().select_one("form.stack"), status="completed")
    fan.press(fan.page(), "Watch again")
    say(fan, number="1", day="2012-05-17")
    fan.send(of_round(fan.page(), 1), finished="2013")
    fan.send(of_viewing(fan.page(), 27), when="2012-06")
    assert rounds(fan.page())[0].endswith("2012-06 to 2013")


def test_a_long_history_is_read_page_by_page(fan: Fan) -> None:
    for number in range(55):
        fan.client.patch(f"/api/v1/me/library/{fan.bebop}", json={"score": number})
    first = fan.page()
    second = soup(fan.client.get(str(one(first, "Earlier ones")["href"])))
    assert [len(page.select("#history ~ form li")) for page in (first, second)] == [50, 6]


def test_a_form_that_somebody_made_up_breaks_nothing(fan: Fan) -> None:
    form = fan.page().select_one("form.stack")
    for path in ("", "/redate", "/forget", "/round", "/episode"):
        for junk in ("x", "-1", "9" * 30, "\0"):
            answer = fan.send(form, f"/library/{fan.bebop}{path}", version=junk, watch=junk, round=junk, number=junk)
            assert answer.status_code == 422, (path, junk)


def say(fan: Fan, **typed: str) -> TestResponse:
    answer = fan.send(fan.page().select_one('form[action*="/episode"]'), act="watch", **typed)
    assert answer.status_code == 303, answer.text
    return answer


def watches(fan: Fan, query: str = "") -> list[dict[str, object]]:
    return list(fan.client.get(f"/api/v1/me/library/{fan.bebop}/watches{query}").json["watches"])


def lines(page: BeautifulSoup) -> list[str]:
    return _lines(page, "viewings")


def rounds(page: BeautifulSoup) -> list[str]:
    return _lines(page, "rounds")


def _lines(page: BeautifulSoup, part: str) -> list[str]:
    """What each line says without being opened."""
    found = page.select(f"section[aria-labelledby={part}] li")
    return [text(line.select_one("summary") or line).removeprefix("Change ") for line in found]


def of_viewing(page: BeautifulSoup, number: int) -> Tag:
    return _form(page, "watch", number)


def of_round(page: BeautifulSoup, number: int) -> Tag:
    return _form(page, "round", number)


def _form(page: BeautifulSoup, name: str, number: int) -> Tag:
    (field,) = page.select(f'input[name={name}][value="{number}"]')
    form = field.find_parent("form")
    assert isinstance(form, Tag)
    return form


def one(page: BeautifulSoup, name: str) -> Tag:
    (link,) = page.find_all("a", string=name)
    assert isinstance(link, Tag)
    return link


@pytest.fixture
def fan(client: FlaskClient, connection: psycopg.Connection) -> Fan:
    return Fan(client, connection)
