"""Metrics: what a process counts, told to Prometheus on an address of its own, where one is set."""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, Counter, disable_created_metrics, start_http_server
from prometheus_client.registry import Collector

from ports.errors import Misconfigured
from ports.settings import Settings

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each that counts, which nothing asks for
UPLOAD_RETRIES = Counter("autotrack_upload_retries", "Requests to the bucket that were tried once more")


def serve(settings: Settings, *collectors: Collector) -> str | None:
    """Answer on METRICS_PORT, with what the collectors read besides; the address, or None where no port is set.

    Raises Misconfigured where nobody can listen there.
    """
    if settings.metrics_port is None:
        return None
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, REGISTRY)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        why = os.strerror(number).lower() if number and number > 0 else str(error)
        raise Misconfigured(
            f"METRICS_PORT {settings.metrics_port} of METRICS_HOST {settings.metrics_host}: {why}; choose another one"
        ) from error
    for collector in collectors:
        REGISTRY.register(collector)
    return f"http://{settings.metrics_host}:{settings.metrics_port}/metrics"
