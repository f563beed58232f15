"""What an S3 bucket does when its store fails: ask again where that may help, tell the rest soon and in words."""

from __future__ import annotations

import calendar
import email.utils
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote
from uuid import uuid4

import pytest
from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from ports import s3_client, s3_patience, s3_put
from ports.bucket import Bucket, Head, is_key, open_bucket
from ports.bucket_s3 import S3Bucket
from ports.errors import Overtaken, Refused, Unavailable
from ports.s3_patience import ATTEMPTS, asked_to_wait
from ports.s3_put import sign
from tests.ports.faulty import FAULTS, Faulty, faulty_before
from tests.ports.s3_store import SECRET, credentials, s3_store

PAGE = Head("text/html; charset=utf-8", "public, max-age=0", digest="ab12", version=3)
ACTS = {
    "put": lambda bucket: bucket.put("new", b"<h1>New</h1>", PAGE),
    "get": lambda bucket: bucket.get("there").body,
    "look": lambda bucket: bucket.look("there").head,
    "delete": lambda bucket: bucket.delete(["there", "missing"]),
    "list": lambda bucket: list(bucket.keys()),
}
SOON = sorted(fault for fault in FAULTS if fault not in ("stall", "503 later", "no conditions"))

HASTE = 16


@pytest.mark.parametrize("fault", SOON)
@pytest.mark.parametrize("act", sorted(ACTS))
def test_what_passes_by_itself_is_not_noticed(bucket: S3Bucket, faulty: Faulty, act: str, fault: str) -> None:
    bucket.put("there", b"<h1>There</h1>", PAGE)
    expected = ACTS[act](bucket)
    bucket.put("there", b"<h1>There</h1>", PAGE)
    bucket.delete(["new"])
    faulty.script = [fault]

    assert ACTS[act](bucket) == expected

    assert (faulty.met[fault], bucket.patience.retries) == (1, 1)
    faulty.heal()
    assert set(bucket.keys()) == {"put": {"there", "new"}, "delete": set()}.get(act, {"there"})


@pytest.mark.parametrize("fault", SOON)
@pytest.mark.parametrize("act", ["get", "put"])
def test_what_does_not_pass_is_told_soon_and_without_secrets(
    bucket: S3Bucket, faulty: Faulty, act: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("there", b"<h1>There</h1>", PAGE)
    monkeypatch.setattr(s3_patience, "_BACKOFF", lambda state: 0.01)
    faulty.chance, faulty.kinds = 1.0, (fault,)
    begun = time.monotonic()

    with pytest.raises(Unavailable, match=r"BUCKET_URL") as told:
        ACTS[act](bucket)

    assert time.monotonic() - begun < 20
    assert faulty.met[fault] == ATTEMPTS
    assert SECRET not in str(told.value) and "\n" not in str(told.value)


def test_a_store_that_hangs_holds_nobody_for_long(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sixteenth of the times that production has: a connection is there at once, each answer is silence."""
    hasty = open_hasty(faulty, monkeypatch)
    faulty.chance, faulty.kinds = 1.0, ("stall",)

    def seconds(act: Callable[[Bucket], object]) -> float:
        begun = time.monotonic()
        with pytest.raises(Unavailable, match=r"(?i)time"):
            act(hasty)
        return time.monotonic() - begun

    with ThreadPoolExecutor(len(ACTS)) as threads:
        taken = list(threads.map(seconds, ACTS.values()))

    assert max(taken) < 13 / HASTE + 9  # a busy machine takes its time
    assert faulty.met["stall"] > len(ACTS)


def test_what_is_said_of_the_longest_time_is_what_the_numbers_give() -> None:
    """A last attempt begins before PATIENCE is over, and connects and waits as long as it may; a lease takes 20 s."""
    assert s3_patience.PATIENCE + s3_patience.CONNECT + s3_patience.ANSWER <= 13


def test_a_conditional_put_whose_reply_was_lost_meets_its_own_object(bucket: S3Bucket, faulty: Faulty) -> None:
    faulty.script = ["lost reply"]

    with pytest.raises(Overtaken):
        bucket.put("anime/x", b"1", PAGE, over=None)

    there = bucket.look("anime/x")
    assert there is not None and there.head.version == PAGE.version


def test_who_is_to_end_asks_nothing_more(bucket: S3Bucket, faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_patience, "_BACKOFF", lambda state: 0.3)
    faulty.chance, faulty.kinds = 1.0, ("500",)
    bucket.patience.end_in(0.2)

    for many in (1, 0):  # what is begun is not tried again, and nothing more is begun
        faulty.met.clear()
        with pytest.raises(Unavailable):
            bucket.look("there")
        time.sleep(0.2)
        assert faulty.met["500"] <= many + 1

    assert faulty.met["500"] == 0


def test_a_store_that_knows_no_conditions_is_looked_at_before_each_put(bucket: S3Bucket, faulty: Faulty) -> None:
    faulty.chance, faulty.kinds = 1.0, ("no conditions",)

    tag = bucket.put("new", b"one", PAGE, None)
    for over in (None, '"another"'):
        with pytest.raises(Overtaken):
            bucket.put("new", b"two", PAGE, over)
    bucket.put("new", b"two", PAGE, tag)

    found = bucket.get("new")
    assert found and found.body == b"two"


def test_what_stands_there_or_is_missing_is_an_answer_and_asked_once(bucket: S3Bucket, faulty: Faulty) -> None:
    tag = bucket.put("anime/x", b"1", PAGE)
    faulty.asked.clear()

    for over in (None, "0" * 32):
        with pytest.raises(Overtaken):
            bucket.put("anime/x", b"2", PAGE, over=over)
    with pytest.raises(Overtaken):
        bucket.put("anime/missing", b"2", PAGE, over=tag)
    assert bucket.get("missing") is None and bucket.look("missing") is None

    assert faulty.asked == {"PUT": 3, "GET": 1, "HEAD": 1}
    assert bucket.patience.retries == 0


def test_a_retry_comes_no_sooner_than_the_store_asks_for(bucket: S3Bucket, faulty: Faulty) -> None:
    faulty.script = ["503 later"]
    begun = time.monotonic()

    bucket.put("anime/x", b"1", PAGE)

    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), (" 2 ", 2), ("", 0), ("soon", 0), ("-5", 0), ("1.5", 0), ("9" * 400, 999_999_999), ("²", 0)],
)
def test_the_time_to_wait_is_read_in_seconds_and_nonsense_is_none(said: str, seconds: float) -> None:
    assert asked_to_wait(refusal(said)) == seconds


def test_the_time_to_wait_may_be_a_date() -> None:
    assert 3500 < asked_to_wait(refusal(email.utils.formatdate(time.time() + 3600, usegmt=True))) <= 3600
    assert asked_to_wait(refusal(email.utils.formatdate(time.time() - 3600, usegmt=True))) == 0


def test_who_is_asked_to_wait_for_long_gives_up_at_once(
    bucket: S3Bucket, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAULTS, "503", lambda handler: handler.refuse(503, "SlowDown", Retry_After="60"))
    faulty.chance, faulty.kinds = 1.0, ("503",)
    begun = time.monotonic()

    with pytest.raises(Unavailable, match="SlowDown"):
        bucket.put("anime/x", b"1", PAGE)

    assert time.monotonic() - begun < 30
    assert faulty.met["503"] == 1


def test_an_object_that_the_store_will_never_take_is_refused_and_not_tried_again(
    bucket: S3Bucket, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAULTS, "500", lambda handler: handler.refuse(400, "EntityTooLarge"))
    faulty.chance, faulty.kinds = 1.0, ("500",)

    with pytest.raises(Refused, match="EntityTooLarge"):
        bucket.put("anime/x", b"1", PAGE)

    assert bucket.patience.retries == 0


def test_objects_that_a_bulk_delete_could_not_remove_are_tried_again(
    bucket: S3Bucket, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = "<DeleteResult><Error><Key>a</Key><Code>{}</Code><Message>no</Message></Error></DeleteResult>"
    bucket.put("a", b"", PAGE)
    for code, retries in (("InternalError", 1), ("AccessDenied", 0)):
        body = kept.format(code).encode()
        monkeypatch.setitem(FAULTS, "500", lambda handler, body=body: handler.reply(200, [], body))
        faulty.script = ["500"]
        bucket.patience.retries = 0
        try:
            bucket.delete(["a"])
        except Unavailable as error:
            assert "AccessDenied" not in str(error) and code == "AccessDenied" and "1 objects" in str(error)
        assert bucket.patience.retries == retries
    assert list(bucket.keys()) == []


def test_what_the_quick_way_does_not_understand_boto3_has_the_last_word_on(
    bucket: S3Bucket, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAULTS, "500", lambda handler: handler.refuse(403, "SignatureDoesNotMatch"))
    faulty.script = ["500"]

    bucket.put("anime/x", b"1", PAGE)

    assert faulty.asked["PUT"] == 2
    assert bucket.get("anime/x") is not None


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_store_behind_tls_must_be_known_and_may_be_by_a_certificate_of_ones_own(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    certificate = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setattr(s3_patience, "_BACKOFF", lambda state: 0.01)
    with faulty_before(store, context) as way:
        url = f"s3://autotrack/{uuid4().hex}?endpoint={way.url}&region=auto"
        with pytest.raises(Unavailable, match=r"(?i)certificate verify failed"):
            open_bucket(url).put("anime/x", b"1", PAGE)
        monkeypatch.setenv(variable, str(certificate))

        open_bucket(url).put("anime/x", b"1", PAGE)

        found = open_bucket(url).get("anime/x")
        assert found is not None and found.body == b"1"


def make_certificate(directory: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody vouches for, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    signed = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = directory / "store.pem"
    file.write_bytes(secret + signed.public_bytes(pem))
    return file


@settings(max_examples=60, deadline=None)
@given(
    key=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30).filter(is_key),
    value=st.from_regex(r"\A[\x21-\x7e]([\x20-\x7e]{0,40}[\x21-\x7e])?\Z"),
    body=st.binary(max_size=100),
    token=st.sampled_from([None, "token"]),
)
def test_our_signature_is_that_of_botocore(key: str, value: str, body: bytes, token: str | None) -> None:
    path, headers = (
        "/bucket/" + quote(key, safe="/-_.~"),
        {"content-type": value, "x-amz-meta-digest": "ab", "if-match": '"1"'},
    )
    request = AWSRequest("PUT", f"http://store.test:9000{path}", headers=headers, data=body)
    request.context["signing"] = {}
    S3SigV4Auth(Credentials("id", "key", token), "s3", "auto").add_auth(request)
    at = calendar.timegm(time.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ"))

    who = SimpleNamespace(access_key="id", secret_key="key", token=token)
    signed = sign(path, "store.test:9000", body, headers, who, "auto", at)

    assert signed["Authorization"] == request.headers["Authorization"]


# --- fixtures


def refusal(retry_after: str) -> ClientError:
    return ClientError({"ResponseMetadata": {"HTTPHeaders": {"retry-after": retry_after}}}, "PutObject")


def wait_for_answers(patch: pytest.MonkeyPatch, connect: float, answer: float) -> None:
    """Whoever opens a bucket now waits so many seconds."""
    config = s3_client._CONFIG.merge(type(s3_client._CONFIG)(connect_timeout=connect, read_timeout=answer))
    patch.setattr(s3_client, "_CONFIG", config)
    patch.setattr(s3_put, "CONNECT", connect)
    patch.setattr(s3_put, "ANSWER", answer)


def open_hasty(faulty: Faulty, patch: pytest.MonkeyPatch) -> Bucket:
    """A bucket with a sixteenth of the times that production has."""
    wait_for_answers(patch, s3_patience.CONNECT / HASTE, s3_patience.ANSWER / HASTE)
    patch.setattr(s3_patience, "PATIENCE", s3_patience.PATIENCE / HASTE)
    patch.setattr(s3_patience, "_BACKOFF", lambda state: 0.01)
    return open_bucket(f"s3://autotrack/{uuid4().hex}?endpoint={faulty.url}&region=auto")


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with credentials(), s3_store() as address:
        yield address


@pytest.fixture(scope="module")
def way(store: str) -> Iterator[Faulty]:
    with faulty_before(store) as faulty:
        yield faulty


@pytest.fixture
def faulty(way: Faulty) -> Iterator[Faulty]:
    """A faulty way to the store on which nothing goes wrong yet."""
    way.heal()
    way.met.clear()
    way.asked.clear()
    way.kinds = Faulty().kinds
    yield way
    way.heal()


@pytest.fixture(scope="module")
def opened(way: Faulty) -> S3Bucket:
    """Waits for an answer as long as it takes: a slow machine is no fault that is counted."""
    with pytest.MonkeyPatch.context() as patch:
        wait_for_answers(patch, 60, 60)
        found = open_bucket(f"s3://autotrack?endpoint={way.url}&region=auto")
    assert isinstance(found, S3Bucket)
    return found


@pytest.fixture
def bucket(opened: S3Bucket, faulty: Faulty) -> S3Bucket:
    return S3Bucket(opened._client, opened._putter, "autotrack", f"{uuid4().hex}/")
