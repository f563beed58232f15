"""Clients of an S3 store: boto3's for everything, and a quick way for PUT."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies

from ports.errors import Misconfigured
from ports.s3_patience import ANSWER, CONNECT
from ports.s3_put import Putter

PARALLEL = 16
"""Requests at once, and connections that are kept for them."""
_CHECKSUMS = ("content-md5", "x-amz-checksum", "x-amz-sdk-checksum")
# Without checksums that only AWS understands; path addressing, because a bucket's own host name needs DNS and TLS.
_CONFIG = Config(
    connect_timeout=CONNECT,
    read_timeout=ANSWER,
    max_pool_connections=PARALLEL,
    retries={"total_max_attempts": 1, "mode": "standard"},  # ports.s3_patience asks again
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


_opening = Lock()


@cache
def _session() -> tuple[Any, Any]:
    """botocore's and boto3's: what they read of their own files takes longer than all the rest, so it is kept."""
    core = botocore.session.get_session()
    return core, boto3.Session(botocore_session=core)


def clients(options: Mapping[str, str], bucket: str) -> tuple[Any, Putter | None]:
    """boto3's client, and the quick way for PUT where all that it has to know is given."""
    endpoint, region = options.get("endpoint") or None, options.get("region") or None
    try:
        with _opening:  # sessions are not for threads, clients are
            core, session = _session()
            client = session.client("s3", endpoint_url=endpoint, region_name=region, config=_CONFIG)
            credentials = session.get_credentials()
    except (BotoCoreError, ValueError) as error:
        raise Misconfigured(f"BUCKET_URL: {error}") from error
    client.meta.events.register("before-sign.s3.DeleteObjects", _sign_by_md5)
    region = client.meta.region_name
    if endpoint is None or credentials is None or region in (None, "aws-global") or get_environ_proxies(endpoint):
        return client, None
    ca = core.get_config_variable("ca_bundle") or get_cert_path(True)
    return client, Putter(endpoint, region, bucket, credentials, PARALLEL, ca)


def _sign_by_md5(request: Any, **_: object) -> None:
    """Bulk deletes must carry a checksum; MD5 is the one that every store knows, boto3's CRC32 is not."""
    for header in [name for name in request.headers if name.lower().startswith(_CHECKSUMS)]:
        del request.headers[header]
    body = request.data if isinstance(request.data, bytes) else str(request.data).encode()
    request.headers["Content-MD5"] = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
