"""`autotrack review`: what waits is listed, approved or hidden, and the act is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
from click.testing import CliRunner, Result

from autotrack.cli import main
from domain.reviews import verbs
from domain.reviews.verbs import Draft
from tests.domain.fans import make_member
from tests.factories import make_anime


def test_a_review_is_listed_approved_hidden_and_its_history_told(
    connection: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    def run(*words: str) -> Result:
        environ = {"AUTOTRACK_HOME": str(tmp_path), "DATABASE_URL": database_url}
        return CliRunner().invoke(main, ["review", *words], env=environ)

    anime, faye = make_anime(connection, "cowboy-bebop"), make_member(connection, "faye")
    assert run("list").output == "No review waits, and none is reported.\n"
    written = verbs.write(connection, faye, anime, Draft("Space.\n\nCowboys.", spoiler=True), datetime.now(UTC))
    number = str(written.id)

    assert run("list").output == (
        f"{number:>6}  waiting  @faye on cowboy-bebop, tells what happens\n        Space. Cowboys.\n"
    )
    assert run("approve", number).output == f"Review {number} is shown now; it was waiting.\n"
    assert verbs.find(connection, written.id, None).state == "shown"
    verbs.report(connection, written.id, make_member(connection), "abuse", "", datetime.now(UTC))
    assert "reported 1× (abuse)" in run("list").output
    assert run("hide", number, "--reason", "insults").output == f"Review {number} is hidden now; it was shown.\n"
    assert run("list").output == "No review waits, and none is reported.\n"
    told = run("history", number).output
    assert "waiting → shown" in told and "shown → hidden  insults" in told
    refused = run("hide", "999")
    assert (refused.exit_code, "there is no review 999" in refused.output) == (1, True)
