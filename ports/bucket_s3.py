"""The bucket in Cloudflare R2, or any store that speaks S3, by boto3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError, SSLError
from botocore.parsers import ResponseParserError

from ports.bucket import ANYTHING, HASTE, Head, Object, Standing, checked, is_key
from ports.errors import Misconfigured, Overtaken, Refused, Unavailable
from ports.s3_client import PARALLEL, clients
from ports.s3_head import STRANGE, head_of, metadata
from ports.s3_patience import Cut, Kept, Patience
from ports.s3_put import Putter

_SHAPE = "s3://bucket[/prefix]?endpoint=https://host&region=auto"
_PER_DELETE = 1000  # the protocol's limit
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_UNDERSTOOD = frozenset({404, 409, 412, 429})
_NO_CONDITIONS = frozenset({"NotImplemented", "501"})
_PAGE_IS_AT_FAULT = frozenset({"EntityTooLarge", "KeyTooLongError", "MetadataTooLarge"})


def open_s3(url: str) -> S3Bucket:
    """`s3://bucket/prefix?endpoint=…&region=…`; keys come from boto3's own chain (AWS_ACCESS_KEY_ID and so on)."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise Misconfigured(f"BUCKET_URL cannot be read; it must look like {_SHAPE}") from error
    # Neither message repeats the URL: it would carry the secret into logs.
    if "@" in parts.netloc or not options.keys() <= {"endpoint", "region"} or "@" in options.get("endpoint", ""):
        raise Misconfigured(
            f"BUCKET_URL takes endpoint and region only, and no credentials: it must look like {_SHAPE}; "
            "credentials are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    if not _BUCKET.fullmatch(parts.netloc) or parts.fragment:
        raise Misconfigured(f"BUCKET_URL names no bucket that S3 could have; it must look like {_SHAPE}")
    prefix = unquote(parts.path).strip("/")
    if prefix and not is_key(prefix):
        raise Misconfigured(f"BUCKET_URL has the prefix {prefix!r}, which cannot begin a key")
    return S3Bucket(*clients(options, parts.netloc), parts.netloc, f"{prefix}/" if prefix else "")


class S3Bucket:
    """Objects in one S3 bucket under one prefix; safe for threads, but open your own after a fork.

    What may pass is tried again before it is told: see ports.s3_patience for how long that can take.
    """

    parallel = PARALLEL

    def __init__(self, client: Any, putter: Putter | None, bucket: str, prefix: str) -> None:
        self._client, self._putter = client, putter
        self._bucket = bucket
        self._prefix = prefix
        self.patience = Patience()

    def put(self, key: str, body: bytes, head: Head, over: str | None = ANYTHING) -> str:
        named = self._named(checked(key))
        with self._errors(), _conditions():
            try:
                return self.patience(lambda: self._put(named, body, head, over))
            except ClientError as error:
                if over == ANYTHING or _code(error) not in _NO_CONDITIONS:
                    raise
        return self._look_and_put(key, body, head, over)

    def get(self, key: str) -> Object | None:
        with self._errors(), _missing_is_nothing():
            if is_key(key):
                return self.patience(lambda: self._get(key))
        return None

    def look(self, key: str) -> Standing | None:
        with self._errors(), _missing_is_nothing():
            if is_key(key):
                return self.patience(lambda: self._look(key))
        return None

    def delete(self, keys: Iterable[str]) -> None:
        names = [{"Key": self._prefix + key} for key in keys if is_key(key)]
        for start in range(0, len(names), _PER_DELETE):
            batch = {"Objects": names[start : start + _PER_DELETE], "Quiet": True}
            with self._errors():
                self.patience(partial(self._delete, batch))

    def keys(self, prefix: str = "") -> Iterator[str]:
        return (key for key, _ in self._list(prefix))

    def tags(self) -> Iterator[tuple[str, str]]:
        return self._list("")

    def hasten(self) -> None:
        self.patience.end_in(HASTE)

    def _put(self, named: Mapping[str, str], body: bytes, head: Head, over: str | None) -> str:
        """The quick way; boto3 has the last word on what it does not understand."""
        if self._putter:
            try:
                return self._putter(named["Key"], body, _headers(head, over))
            except ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if status >= 500 or status in _UNDERSTOOD:
                    raise
            except SSLError:
                pass  # boto3 may know of other certificates
        answer = self._client.put_object(
            **named,
            Body=body,
            ContentType=head.content_type,
            Metadata=metadata(head),
            **({"CacheControl": head.cache_control} if head.cache_control else {}),
            **_condition(over),
        )
        return _whole(answer, "ETag")

    def _look_and_put(self, key: str, body: bytes, head: Head, over: str | None) -> str:
        """For a store that knows no conditions; of who writes in between, the hourly look finds out."""
        there = self.look(key)
        if (there and there.tag) != over:
            raise Overtaken(f"{key} was replaced meanwhile")
        return self.put(key, body, head)

    def _get(self, key: str) -> Object | None:
        answer = self._client.get_object(**self._named(key))
        _whole(answer, "ContentLength")  # boto3 counts the bytes, but only where it is told how many there are
        head = head_of(answer)
        body = answer["Body"].read()
        return None if head is None else Object(head, body)

    def _look(self, key: str) -> Standing:
        answer = self._client.head_object(**self._named(key))
        return Standing(head_of(answer) or STRANGE, _whole(answer, "ETag"))

    def _delete(self, batch: Mapping[str, Any]) -> None:
        kept = self._client.delete_objects(Bucket=self._bucket, Delete=batch).get("Errors", [])
        if kept:
            code, message = (str(kept[0].get(name, "")) for name in ("Code", "Message"))
            raise Kept(many=len(kept), key=kept[0].get("Key"), code=code, message=message or code)

    def _list(self, prefix: str) -> Iterator[tuple[str, str]]:
        more: dict[str, str] = {"Prefix": self._prefix + prefix}
        while more:
            with self._errors():
                ask = partial(self._client.list_objects_v2, Bucket=self._bucket, **more)
                page = self.patience(ask)
            yield from ((entry["Key"][len(self._prefix) :], entry["ETag"]) for entry in page.get("Contents", []))
            token = page.get("NextContinuationToken") if page.get("IsTruncated") else None
            more = {**more, "ContinuationToken": token} if token else {}

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            if isinstance(error, ClientError) and _code(error) in _PAGE_IS_AT_FAULT:
                raise Refused(f"the bucket {self._bucket} (BUCKET_URL) does not take this object: {error}") from error
            raise Unavailable(f"the bucket {self._bucket} (BUCKET_URL) does not do as asked: {error}") from error


@contextmanager
def _conditions() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) in ("PreconditionFailed", "ConditionalRequestConflict", "412", "NoSuchKey", "404"):
            raise Overtaken(f"{error}") from error
        raise


def _condition(over: str | None) -> dict[str, str]:
    if over == ANYTHING:
        return {}
    return {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}


def _headers(head: Head, over: str | None) -> dict[str, str]:
    """A head and a condition as HTTP has them."""
    found = {"content-type": head.content_type, "cache-control": head.cache_control}
    found |= {f"x-amz-meta-{name}": value for name, value in metadata(head).items()}
    conditions = {"IfNoneMatch": "if-none-match", "IfMatch": "if-match"}
    found |= {conditions[name]: value for name, value in _condition(over).items()}
    return {name: value for name, value in found.items() if value}


def _whole(answer: Mapping[str, Any], what: str) -> str:
    if answer.get(what) is None:
        raise Cut(what=what)
    return str(answer[what])


def _code(error: ClientError) -> str:
    """What the store says; an answer to HEAD has no body, so there it is the bare status."""
    return str(error.response.get("Error", {}).get("Code"))


@contextmanager
def _missing_is_nothing() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) not in ("NoSuchKey", "404", "NotFound"):
            raise
