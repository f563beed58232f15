"""An S3 store on this machine, by moto."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3  # type: ignore[import-untyped]
import pytest
from moto.server import ThreadedMotoServer

SECRET = "secret-of-nobody"


@contextmanager
def credentials() -> Iterator[None]:
    """Keys in the environment, as boto3 looks for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield


@contextmanager
def s3_store() -> Iterator[str]:
    """The address of a store with an empty bucket `autotrack`; needs credentials."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="autotrack")
    try:
        yield endpoint
    finally:
        server.stop()
