"""PUT of one object into S3, at a third of what it costs through boto3: see docs/adr/012."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError, SSLError
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError
from urllib3.exceptions import SSLError as TlsError

from ports.s3_patience import ANSWER, CONNECT, Cut

_ALGORITHM = "AWS4-HMAC-SHA256"
_CODE, _MESSAGE = (re.compile(rf"<{tag}>([^<]{{1,200}})</{tag}>") for tag in ("Code", "Message"))


class Putter:
    """The way into one bucket under one endpoint; safe for threads.

    `credentials` are botocore's, which renews those that expire.
    """

    def __init__(self, endpoint: str, region: str, bucket: str, credentials: Any, parallel: int, ca: str) -> None:
        self._endpoint, self._region, self._credentials = endpoint, region, credentials
        parts = urlsplit(endpoint)
        self._host, self._origin = parts.netloc, f"{parts.scheme}://{parts.netloc}"
        self._path = f"{parts.path.rstrip('/')}/{bucket}/"
        self._pool = urllib3.PoolManager(
            maxsize=parallel, retries=False, timeout=urllib3.Timeout(CONNECT, ANSWER), ca_certs=ca
        )

    def __call__(self, key: str, body: bytes, headers: Mapping[str, str]) -> str:
        """Store an object under a key; returns its tag. Raises what boto3 raises."""
        path = self._path + quote(key, safe="/-_.~")
        signed = sign(path, self._host, body, headers, self._credentials.get_frozen_credentials(), self._region)
        try:
            answer = self._pool.urlopen("PUT", self._origin + path, body=body, headers=signed, redirect=False)
        except TlsError as error:
            raise SSLError(endpoint_url=self._endpoint, error=error) from error
        except NewConnectionError as error:
            raise EndpointConnectionError(endpoint_url=self._endpoint) from error
        except TimeoutError as error:
            raise ReadTimeoutError(endpoint_url=self._endpoint) from error
        except HTTPError as error:
            raise ConnectionClosedError(endpoint_url=self._endpoint) from error
        if answer.status != 200:
            raise _refusal(answer)
        if "ETag" not in answer.headers:
            raise Cut(what="ETag")
        return str(answer.headers["ETag"])


def sign(
    path: str, host: str, body: bytes, headers: Mapping[str, str], who: Any, region: str, at: float | None = None
) -> dict[str, str]:
    """These headers of a PUT with those that prove who sends it: AWS Signature Version 4, the body included."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    digest = hashlib.sha256(body).hexdigest()
    sent = {**headers, "host": host, "x-amz-content-sha256": digest, "x-amz-date": moment}
    if who.token:
        sent["x-amz-security-token"] = who.token
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in sent.items())
    names = ";".join(name for name, _ in lines)
    request = "\n".join(["PUT", path, "", *(f"{name}:{value}" for name, value in lines), "", names, digest])
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    text = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()])
    signature = _hmac(_key(who.secret_key, moment[:8], region), text).hex()
    proof = f"Credential={who.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**sent, "Authorization": f"{_ALGORITHM} {proof}"}


@lru_cache(maxsize=16)
def _key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _refusal(answer: urllib3.BaseHTTPResponse) -> ClientError:
    """What boto3 makes of such an answer."""
    said = answer.data.decode(errors="replace")
    code, message = (found[1] if (found := pattern.search(said)) else "" for pattern in (_CODE, _MESSAGE))
    response = {
        "Error": {"Code": code or str(answer.status), "Message": message or answer.reason or ""},
        "ResponseMetadata": {
            "HTTPStatusCode": answer.status,
            "HTTPHeaders": {name.lower(): value for name, value in answer.headers.items()},
        },
    }
    return ClientError(response, "PutObject")
