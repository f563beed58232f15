"""What the real origin answers for a site that was really built."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from dynamic.app import create_app
from ports.bucket import Object
from tests.site.published import Published

SAMPLE = 7
"""Every seventh address is asked for, and all that are no ordinary page."""


def test_every_address_answers_as_it_was_built(everything: Published, client: FlaskClient) -> None:
    for path, stored in sample(everything):
        answer = client.get(path)
        assert answer.status_code == stored.head.status, path
        assert answer.location == stored.head.location, path
        if stored.head.status != 301:
            assert (answer.data, answer.content_type) == (stored.body, stored.head.content_type), path


def test_head_says_what_get_says(everything: Published, client: FlaskClient) -> None:
    for path, stored in sample(everything):
        get, head = client.get(path), client.head(path)
        assert (head.status_code, head.data) == (get.status_code, b""), path
        own = ("Date", "X-Request-Id")
        assert [item for item in head.headers if item[0] not in own] == [
            item for item in get.headers if item[0] not in own
        ], path
        if stored.head.status != 301:
            assert head.headers["Content-Length"] == str(len(stored.body))


def test_an_unchanged_page_is_not_sent_again(everything: Published, client: FlaskClient) -> None:
    tags = set()
    for path, stored in sample(everything):
        if stored.head.status == 200:
            tag = client.get(path).headers["ETag"]
            again = client.get(path, headers={"If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b""), path
            assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
            tags.add(tag)
    assert len(tags) > 100


def test_an_unknown_address_is_a_404_with_a_page_that_leads_on(everything: Published, client: FlaskClient) -> None:
    for path in (
        "/anime/no-such-anime",
        "/anime",
        "/season/winter-1066",
        "/anime/endless/episodes/99",
        "/genre/genre-1/1066",
        "/x/y/z",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.data) == (404, everything.objects["/404"].body), path


def test_an_address_with_a_slash_at_its_end_leads_to_the_page(client: FlaskClient) -> None:
    answer = client.get("/anime/drifters-of-space/")
    assert (answer.status_code, answer.location) == (301, "/anime/drifters-of-space")


def test_a_query_changes_nothing(everything: Published, client: FlaskClient) -> None:
    assert client.get("/season/fall-2026?utm_source=x").data == everything.objects["/season/fall-2026"].body


def sample(site: Published) -> list[tuple[str, Object]]:
    ordinary = sorted(path for path in site.objects if site.objects[path].head.status == 200)
    special = [path for path in site.objects if site.objects[path].head.status != 200]
    return [(path, site.objects[path]) for path in (*ordinary[::SAMPLE], *special)]


@pytest.fixture
def client(everything: Published) -> FlaskClient:
    return create_app(everything.settings).test_client()
