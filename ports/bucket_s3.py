"""The bucket in Cloudflare R2, or any store that speaks S3, by boto3."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ports.bucket import ANYTHING, Head, Object, Standing, checked, is_key
from ports.errors import Misconfigured, Overtaken, Unavailable

_SHAPE = "s3://bucket[/prefix]?endpoint=https://host&region=auto"
_PER_DELETE = 1000  # the protocol's limit
PARALLEL = 16
STRANGE = Head("application/octet-stream", "")
"""Stands for an object that was not written by this port."""
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_CHECKSUMS = ("content-md5", "x-amz-checksum", "x-amz-sdk-checksum")
# Without checksums that only AWS understands; path addressing, because a bucket's own host name needs DNS and TLS.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 3, "mode": "standard"},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


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
    return S3Bucket(_client(options), parts.netloc, f"{prefix}/" if prefix else "")


def _client(options: Mapping[str, str]) -> Any:
    endpoint = options.get("endpoint") or None
    try:
        client = boto3.client("s3", endpoint_url=endpoint, region_name=options.get("region") or None, config=_CONFIG)
    except (BotoCoreError, ValueError) as error:
        raise Misconfigured(f"BUCKET_URL: {error}") from error
    client.meta.events.register("before-sign.s3.DeleteObjects", _sign_by_md5)
    return client


def _sign_by_md5(request: Any, **_: object) -> None:
    """Bulk deletes must carry a checksum; MD5 is the one that every store knows, boto3's CRC32 is not."""
    for header in [name for name in request.headers if name.lower().startswith(_CHECKSUMS)]:
        del request.headers[header]
    body = request.data if isinstance(request.data, bytes) else str(request.data).encode()
    request.headers["Content-MD5"] = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


class S3Bucket:
    """Objects in one S3 bucket under one prefix; safe for threads, but open your own after a fork."""

    parallel = PARALLEL

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def put(self, key: str, body: bytes, head: Head, over: str | None = ANYTHING) -> str:
        with self._errors(), _conditions():
            answer = self._client.put_object(
                **self._named(checked(key)),
                Body=body,
                ContentType=head.content_type,
                Metadata=_metadata(head),
                **({"CacheControl": head.cache_control} if head.cache_control else {}),
                **_condition(over),
            )
            return str(answer["ETag"])

    def get(self, key: str) -> Object | None:
        with self._errors(), _missing_is_nothing():
            if is_key(key):
                answer = self._client.get_object(**self._named(key))
                head = _head(answer)
                return None if head is None else Object(head, answer["Body"].read())
        return None

    def look(self, key: str) -> Standing | None:
        with self._errors(), _missing_is_nothing():
            if is_key(key):
                answer = self._client.head_object(**self._named(key))
                return Standing(_head(answer) or STRANGE, str(answer["ETag"]))
        return None

    def delete(self, keys: Iterable[str]) -> None:
        names = [{"Key": self._prefix + key} for key in keys if is_key(key)]
        for start in range(0, len(names), _PER_DELETE):
            batch = {"Objects": names[start : start + _PER_DELETE], "Quiet": True}
            with self._errors():
                failed = self._client.delete_objects(Bucket=self._bucket, Delete=batch).get("Errors", [])
            if failed:
                first = f"{failed[0].get('Key')}: {failed[0].get('Message') or failed[0].get('Code')}"
                raise Unavailable(f"the bucket {self._bucket} kept {len(failed)} objects it was to delete; {first}")

    def keys(self, prefix: str = "") -> Iterator[str]:
        return (key for key, _ in self._list(prefix))

    def tags(self) -> Iterator[tuple[str, str]]:
        return self._list("")

    def _list(self, prefix: str) -> Iterator[tuple[str, str]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with self._errors():
            for page in pages:
                yield from ((entry["Key"][len(self._prefix) :], entry["ETag"]) for entry in page.get("Contents", []))

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
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


def _metadata(head: Head) -> dict[str, str]:
    """What HTTP has no stored header for; only what differs from a plain page, and ASCII only."""
    found = {"digest": head.digest, "location": quote(head.location or "", safe="/")}
    if head.status != 200:
        found["status"] = str(head.status)
    if head.version:
        found["version"] = str(head.version)
    return {name: value for name, value in found.items() if value}


def _head(answer: Mapping[str, Any]) -> Head | None:
    """The head of a stored object; None if it was not written by this port."""
    metadata: Mapping[str, str] = answer.get("Metadata", {})
    location = metadata.get("location")
    try:
        return Head(
            answer.get("ContentType", ""),
            answer.get("CacheControl", ""),
            int(metadata.get("status", "200")),
            unquote(location) if location is not None else None,
            metadata.get("digest", ""),
            int(metadata.get("version", "0")),
        )
    except ValueError:
        return None
