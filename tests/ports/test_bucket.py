"""One contract over every bucket adapter, and what only S3 can get wrong."""

from __future__ import annotations

import base64
import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.awsrequest import AWSPreparedRequest  # type: ignore[import-untyped]
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ports.bucket import KEY_BYTES, SCHEMES, Bucket, Head, is_key, open_bucket
from ports.errors import Misconfigured, Overtaken, Unavailable
from tests.ports.s3_store import credentials, s3_store

ROOT = Path(__file__).parents[2]
PAGE = Head("text/html; charset=utf-8", "public, max-age=0", digest="ab12")
MOVED = Head("text/html; charset=utf-8", "public, max-age=60", status=301, location="/anime/new", digest="cd34")
HOSTILE_KEYS = [
    "index",
    "where-to-watch",  # is also the beginning of other keys
    "where-to-watch/cowboy-bebop",
    "anime/one-piece/episodes/2",
    "sitemaps/3.xml",
    "anime/Case",
    "anime/case",
    "CASE/case",
    "anime/%2F",
    "anime/%252f",
    "anime/a%2Fb",
    "anime/@t-1",
    "@/index",
    "@h-0/index",
    "anime/...",
    "anime/..a/.b",
    "anime/end.",
    "anime/con",
    "nul/aux.txt",
    "anime/カウボーイビバップ",
    "anime/🎬",
    "anime/e\u0301",
    "anime/\u00e9",
    "anime/<&\"'>?#+=*:|~",
    "anime/" + "x" * 900,
    "x" * 900 + "/y",
    "ア" * 100,
]
NO_KEYS = ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a/.", "a\0b", "a\nb", "a b", "a\\b", "\ud800"]

segments = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="/\\\ufffd"),
    min_size=1,
    max_size=60,
)
keys = st.lists(segments, min_size=1, max_size=4).map("/".join).filter(is_key)
heads = st.builds(
    Head,
    st.sampled_from(["text/html; charset=utf-8", "application/xml", "image/svg+xml", 'x/y; q="a, b"']),
    st.sampled_from(["", "no-store", "public, max-age=31536000, immutable"]),
    status=st.sampled_from([200, 404, 410]),
    digest=st.text("0123456789abcdef", max_size=64),
)
locations = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\\"), max_size=80)
moves = locations.map(lambda text: replace(MOVED, location="/" + text.lstrip("/")))
bodies = st.binary(max_size=2000) | st.sampled_from([b"", b"\n", b"{}\n{}", b"\0" * 70_000])


def test_what_was_put_is_what_one_gets(bucket: Bucket) -> None:
    bucket.put("anime/cowboy-bebop", b"<h1>\nBebop</h1>", PAGE)

    found = bucket.get("anime/cowboy-bebop")

    assert found is not None and (found.head, found.body) == (PAGE, b"<h1>\nBebop</h1>")
    assert head_of(bucket, "anime/cowboy-bebop") == PAGE


def test_what_was_never_put_is_not_there(bucket: Bucket) -> None:
    bucket.put("anime/cowboy-bebop", b"", PAGE)

    for key in ("anime/trigun", "anime", "anime/cowboy-bebop/x", *NO_KEYS):
        assert bucket.get(key) is None
        assert bucket.look(key) is None


def test_the_last_put_wins_head_and_body(bucket: Bucket) -> None:
    bucket.put("anime/old", b"a long old page", PAGE)
    bucket.put("anime/old", b"moved", MOVED)

    found = bucket.get("anime/old")

    assert found is not None and (found.head, found.body) == (MOVED, b"moved")
    assert list(bucket.keys()) == ["anime/old"]


def test_what_stands_there_is_replaced_only_by_who_knows_it(bucket: Bucket) -> None:
    first = bucket.put("anime/x", b"1", replace(PAGE, digest="01"), over=None)
    there = bucket.look("anime/x")
    assert there is not None and there.tag == first

    second = bucket.put("anime/x", b"2", replace(PAGE, digest="02", version=7), over=first)

    for stale in (None, first):
        with pytest.raises(Overtaken):
            bucket.put("anime/x", b"3", PAGE, over=stale)
    there = bucket.look("anime/x")
    assert there is not None and (there.tag, there.head.version) == (second, 7)
    found = bucket.get("anime/x")
    assert found is not None and (found.body, found.head.version) == (b"2", 7)


def test_what_is_gone_is_replaced_by_who_expects_nothing_only(bucket: Bucket) -> None:
    tag = bucket.put("anime/x", b"1", PAGE, over=None)
    bucket.delete(["anime/x"])

    with pytest.raises(Overtaken):
        bucket.put("anime/x", b"2", PAGE, over=tag)
    bucket.put("anime/x", b"3", PAGE, over=None)

    found = bucket.get("anime/x")
    assert found is not None and found.body == b"3"


@pytest.mark.parametrize("over", ["the first", None], ids=["of-something", "of-nothing"])
def test_of_many_who_replace_the_same_one_wins(bucket: Bucket, url: str, over: str | None) -> None:
    if over:
        over = bucket.put("anime/x", b"0", PAGE)

    def write(number: int) -> str:
        try:
            return open_bucket(url).put("anime/x", b"%d" % number, replace(PAGE, digest=f"{number:02}"), over=over)
        except Overtaken:
            return ""

    with ThreadPoolExecutor(8) as writers:
        won = [tag for tag in writers.map(write, range(1, 17)) if tag]

    there = bucket.look("anime/x")
    assert there is not None and won == [there.tag]


def test_deleting_removes_these_and_no_others_and_forgives_what_is_missing(bucket: Bucket) -> None:
    for key in ("a", "a/b", "a/b/c"):
        bucket.put(key, b"", PAGE)

    bucket.delete(["a/b", "never/there", "../etc/passwd", ""])
    bucket.delete(iter(["a/b"]))
    bucket.delete([])

    assert list(bucket.keys()) == ["a", "a/b/c"]


def test_more_keys_than_one_answer_or_request_holds_are_listed_and_deleted(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "5")
    names = sorted(f"anime/{number}" for number in range(12))
    for key in names:
        bucket.put(key, b"", PAGE)

    assert list(bucket.keys()) == names
    bucket.delete([*(f"gone/{number}" for number in range(1500)), *names])
    assert list(bucket.keys()) == []


def test_an_empty_bucket_has_no_keys(bucket: Bucket) -> None:
    assert list(bucket.keys()) == []
    assert list(bucket.keys("anime/")) == []


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["anime", "anime/a", "anime/a/b", "anime/b", "animes/c", "index"]),
        ("anime", ["anime", "anime/a", "anime/a/b", "anime/b", "animes/c"]),
        ("anime/", ["anime/a", "anime/a/b", "anime/b"]),
        ("anime/a", ["anime/a", "anime/a/b"]),
        ("anime/a/", ["anime/a/b"]),
        ("/", []),
        ("../", []),
        ("@", []),
        ("@/", []),
    ],
)
def test_keys_are_listed_by_prefix_in_order(bucket: Bucket, prefix: str, found: list[str]) -> None:
    for key in ("index", "animes/c", "anime/b", "anime/a/b", "anime/a", "anime"):
        bucket.put(key, b"", PAGE)

    assert list(bucket.keys(prefix)) == found


def test_hostile_keys_live_side_by_side(bucket: Bucket) -> None:
    for number, key in enumerate(HOSTILE_KEYS):
        bucket.put(key, str(number).encode(), PAGE)

    assert [getattr(bucket.get(key), "body", None) for key in HOSTILE_KEYS] == [
        str(number).encode() for number in range(len(HOSTILE_KEYS))
    ]
    assert list(bucket.keys()) == sorted(HOSTILE_KEYS)


@pytest.mark.parametrize("key", [*NO_KEYS, "x" * (KEY_BYTES + 1), "ア" * 400])
def test_what_no_address_can_name_is_refused(bucket: Bucket, key: str) -> None:
    with pytest.raises(ValueError, match="cannot be a key"):
        bucket.put(key, b"", PAGE)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=keys, other=keys, head=heads | moves, body=bodies)
def test_any_key_head_and_body_come_back(bucket: Bucket, key: str, other: str, head: Head, body: bytes) -> None:
    assume(key != other)
    bucket.put(other, b"another", PAGE)
    bucket.put(key, body, head)

    found = bucket.get(key)

    assert found is not None and (found.head, found.body) == (head, body)
    assert head_of(bucket, key) == head
    assert {key, other} == set(bucket.keys())
    bucket.delete([key])
    assert bucket.get(key) is None and head_of(bucket, other) == PAGE
    bucket.delete([other])


def test_two_processes_writing_one_key_leave_one_whole_object(bucket: Bucket, url: str) -> None:
    writers = [_writer(url, letter, times=20) for letter in "ab"]
    assert [writer.wait(300) for writer in writers] == [0, 0]

    found = bucket.get("anime/contested")

    assert found is not None and found.body in (b"a" * 500_000, b"b" * 500_000)
    assert found.head.digest == found.body[:1].decode()
    assert list(bucket.keys()) == ["anime/contested"]


@pytest.mark.parametrize("milliseconds", [0, 3, 7])
def test_a_writer_killed_in_the_middle_shows_the_old_object_or_the_new_one(
    bucket: Bucket, url: str, milliseconds: int
) -> None:
    bucket.put("anime/contested", b"c" * 500_000, replace(PAGE, digest="c"))
    writer = _writer(url, "a", times=1_000_000)
    time.sleep(milliseconds / 1000)
    writer.send_signal(signal.SIGKILL)
    writer.wait(30)

    found = bucket.get("anime/contested")

    assert found is not None and len(set(found.body)) == 1 and len(found.body) == 500_000
    assert found.head.digest == found.body[:1].decode()
    assert list(bucket.keys()) == ["anime/contested"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 200, "location": "/x"},
        {"status": 301},
        {"status": 500},
        {"status": 301, "location": "//evil.example"},
        {"status": 301, "location": "/\\evil.example"},
        {"status": 301, "location": "https://evil.example"},
        {"status": 301, "location": "/a\r\nSet-Cookie: x"},
        {"content_type": ""},
        {"content_type": "text/html\r\nX: y"},
        {"cache_control": "no-store\n"},
        {"digest": "not hex"},
    ],
)
def test_a_head_that_no_origin_could_answer_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is no|is not|has a location"):
        replace(PAGE, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["", "ftp://host/x", "bucket", "/var/bucket", "http://user:secret@host"])
def test_an_unknown_scheme_is_refused_by_an_error_that_names_the_known_ones(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"BUCKET_URL .* known: file, s3") as refusal:
        open_bucket(url)
    assert "secret" not in str(refusal.value)
    assert sorted(SCHEMES) == ["file", "s3"]


# --- S3


def test_other_readers_of_the_store_see_plain_headers_and_ascii_metadata(s3: str) -> None:
    open_bucket(s3).put("anime/old", b"moved", replace(MOVED, location="/anime/カウボーイ"))
    name, _, rest = s3.removeprefix("s3://").partition("/")
    prefix, _, query = rest.partition("?")

    answer = boto3.client("s3", endpoint_url=_option(query, "endpoint"), region_name="auto").get_object(
        Bucket=name, Key=f"{prefix}/anime/old"
    )

    assert (answer["ContentType"], answer["CacheControl"]) == (MOVED.content_type, MOVED.cache_control)
    assert answer["Metadata"] == {"status": "301", "location": "/anime/" + quote("カウボーイ"), "digest": "cd34"}


def test_a_bulk_delete_is_within_limits_and_carries_the_checksum_that_every_store_knows(s3: str) -> None:
    bucket, sent = open_bucket(s3), list[AWSPreparedRequest]()
    bucket._client.meta.events.register("before-send.s3.DeleteObjects", lambda request, **_: sent.append(request))  # type: ignore[attr-defined]

    bucket.delete(f"gone/{number}" for number in range(1500))

    assert [request.body.count(b"<Key>") for request in sent] == [1000, 500]
    for request in sent:
        names = {name.lower() for name in request.headers}
        assert not {name for name in names if name.startswith("x-amz-checksum") or "sdk-checksum" in name}
        assert request.headers["Content-MD5"] == base64.b64encode(hashlib.md5(request.body).digest())


def test_two_prefixes_of_one_store_do_not_see_each_other(s3: str) -> None:
    here, there = open_bucket(s3), open_bucket(s3.replace("?", "-b?"))
    here.put("index", b"", PAGE)

    assert list(there.keys()) == []
    assert there.get("index") is None


@pytest.mark.parametrize(
    "url",
    [
        "s3://key:secret@bucket",
        "s3://bucket?aws_secret_access_key=secret",
        "s3://bucket?endpoint=https://key:secret@host",
        "s3://bucket?secret",
        "s3:///prefix",
        "s3://bucket/../secret",
        "s3://bucket?endpoint=secret",
    ],
)
def test_a_url_with_credentials_or_nonsense_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Misconfigured, match="BUCKET_URL") as refusal:
        open_bucket(url)
    assert "key:secret" not in str(refusal.value)


def test_a_store_that_does_not_answer_is_unavailable_soon(store: str) -> None:
    silent = open_bucket("s3://bucket?endpoint=http://127.0.0.1:9&region=auto")
    begun = time.monotonic()

    for act in (lambda: silent.get("index"), lambda: list(silent.keys()), lambda: silent.delete(["index"])):
        with pytest.raises(Unavailable, match="BUCKET_URL"):
            act()

    assert time.monotonic() - begun < 60


def test_a_bucket_that_does_not_exist_is_unavailable_not_empty(s3: str) -> None:
    missing = open_bucket(s3.replace("s3://autotrack", "s3://no-such-bucket"))

    with pytest.raises(Unavailable, match="no-such-bucket"):
        missing.get("index")
    with pytest.raises(Unavailable, match="no-such-bucket"):
        list(missing.keys())


# --- fixtures


def _writer(url: str, letter: str, times: int) -> subprocess.Popen[str]:
    """Another process that writes one big object again and again; returns once it has begun."""
    code = (
        "import sys\nfrom ports.bucket import Head, open_bucket\nbucket = open_bucket(sys.argv[1])\n"
        "head = Head('text/html', '', digest=sys.argv[2])\n"
        "for n in range(int(sys.argv[3])):\n"
        "    bucket.put('anime/contested', sys.argv[2].encode() * 500_000, head)\n"
        "    n or print('begun', flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, url, letter, str(times)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
    return process


def head_of(bucket: Bucket, key: str) -> Head | None:
    there = bucket.look(key)
    return there.head if there else None


def _option(query: str, name: str) -> str:
    return dict(pair.split("=", 1) for pair in query.split("&"))[name]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with credentials(), s3_store() as address:
        yield address


@pytest.fixture
def s3(store: str) -> str:
    return f"s3://autotrack/{uuid4().hex}?endpoint={store}&region=auto"


@pytest.fixture(params=sorted(SCHEMES))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"file:{tmp_path}/a bucket" if request.param == "file" else str(request.getfixturevalue("s3"))


@pytest.fixture
def bucket(url: str) -> Bucket:
    return open_bucket(url)
