"""Whatever is sent to the API, it never fails, and answers as its document says: tried with requests made from it."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from dynamic.api.routes import ROUTES
from tests.dynamic.test_access import member
from tests.factories import make_anime

pytestmark = pytest.mark.long

load_all_checks()
WANTED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    )
]  # fmt: skip
EXAMPLES = 150
OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json", "Accept-Encoding": "identity"}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as told", "otherwise"])
@pytest.mark.parametrize("operation", [route.name for route in ROUTES])
def test_nothing_that_is_sent_breaks_it_or_is_answered_otherwise_than_told(
    app: Flask, connection: psycopg.Connection, operation: str, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found = schema.find_operation_by_id(operation)
    app.config["RATELIMIT_ENABLED"] = False
    client = member(app, connection, "fan")
    session = client.get_cookie("session")
    assert session is not None
    known = make_anime(connection, episode_count=26)
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=found.as_strategy(generation_mode=mode))
    def tried(case: schemathesis.Case) -> None:
        _name(case, known, len(seen))
        answer = case.call(headers=OURS | dict(case.headers or {}), cookies={"session": session.value})
        case.validate_response(answer, checks=WANTED)
        seen.add(answer.status_code)

    tried()
    assert seen - {429}, "nothing was asked"


def _name(case: schemathesis.Case, anime: UUID, number: int) -> None:
    """Every second request is about an anime that there is."""
    if number % 2 == 0 and "anime_id" in (case.path_parameters or {}):
        case.path_parameters["anime_id"] = str(anime)
