"""Uploads: what is lost on the way is tried again later, and a bucket that is away is left alone soon."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

import pytest

from domain.built import Built
from jobs import uploads
from jobs.uploads import LOST_IN_A_ROW, Uploads
from ports.bucket import ANYTHING, Bucket, Head, open_bucket
from ports.errors import Overtaken, Refused, Unavailable
from sitegen.build import Outcome
from sitegen.page import Artifact
from tests.autotrack.command import eventually

MANY = 200


class Trouble:
    """A bucket that asks `fate` of every put, before it is made or, where told so, after."""

    parallel = 4

    def __init__(self, bucket: Bucket, fate: Callable[[int], None], after: bool = False) -> None:
        self._bucket, self._fate, self._after = bucket, fate, after
        self.puts, self._lock = 0, Lock()

    def put(self, key: str, body: bytes, head: Head, over: str | None = ANYTHING) -> str:
        with self._lock:
            self.puts += 1
            number = self.puts
        if self._after:
            tag = self._bucket.put(key, body, head, over)
            self._fate(number)
            return tag
        self._fate(number)
        return self._bucket.put(key, body, head, over)

    def __getattr__(self, name: str) -> object:
        return getattr(self._bucket, name)


def test_a_bucket_that_is_away_is_asked_a_few_times_and_no_page_is_forgotten(plain: Bucket) -> None:
    bucket = Trouble(plain, lambda number: away())

    built = upload(bucket, MANY)

    assert LOST_IN_A_ROW <= bucket.puts < LOST_IN_A_ROW + bucket.parallel
    assert [page.key for page in built] == [outcome.built.key for outcome in outcomes(MANY)]
    assert {(page.verdict, page.lost, page.error) for page in built} == {("failed", True, "the bucket is away")}


def test_a_bucket_that_takes_some_is_asked_for_all(plain: Bucket) -> None:
    def fate(number: int) -> None:
        if number % 3:
            away()

    bucket = Trouble(plain, fate)

    built = upload(bucket, MANY)

    assert bucket.puts == MANY
    assert sum(page.verdict == "publish" for page in built) == MANY // 3


def test_a_page_that_the_bucket_refuses_is_at_fault_itself(plain: Bucket) -> None:
    def fate(number: int) -> None:
        raise Refused("too large")

    built = upload(bucket := Trouble(plain, fate), MANY)

    assert bucket.puts == MANY
    assert {(page.verdict, page.lost) for page in built} == {("failed", False)}


def test_what_was_put_though_the_answer_was_lost_is_known_as_our_own(plain: Bucket) -> None:
    """The port tries again and is told that something else stands there, which is our own object."""

    def fate(number: int) -> None:
        raise Overtaken("another object stands there")

    built = upload(Trouble(plain, fate, after=True), 3)

    assert [page.verdict for page in built] == ["publish"] * 3
    assert [page.etag for page in built] == [tag for _, tag in plain.tags()]


def test_what_a_later_lease_has_put_stays(plain: Bucket) -> None:
    plain.put("anime/0", b"later", Head("text/html", "", digest="ff", version=9))

    built = upload(Trouble(plain, lambda number: None), 1)

    assert [page.verdict for page in built] == ["failed"]
    found = plain.get("anime/0")
    assert found is not None and found.body == b"later"


def test_a_lease_is_renewed_however_long_one_upload_takes(plain: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "RENEW", 0.02)
    renewed: list[float] = []

    def fate(number: int) -> None:
        assert eventually(lambda: len(renewed) >= 3)

    built = Uploads(Trouble(plain, fate)).upload(outcomes(2), 7, lambda: renewed.append(0))  # type: ignore[arg-type]

    assert [page.verdict for page in built] == ["publish"] * 2 and len(renewed) >= 3


def away() -> None:
    raise Unavailable("the bucket is away")


def upload(bucket: Trouble, many: int) -> list[Built]:
    return Uploads(bucket).upload(outcomes(many), 7, lambda: None)  # type: ignore[arg-type]


def outcomes(many: int) -> list[Outcome]:
    """Pages to be published for the first time."""
    return [
        Outcome(
            Built(f"anime/{number}", 1, "publish", f"/anime/{number}", artifact_hash=bytes([number])),
            Artifact(f"/anime/{number}", b"<h1>", "text/html", 200, None, "no-store"),
        )
        for number in range(many)
    ]


@pytest.fixture
def plain(tmp_path: object) -> Bucket:
    return open_bucket(f"file:{tmp_path}/bucket")
