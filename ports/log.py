"""Log lines: one form for what we say and what libraries say, on stderr, with no secret and nobody's name in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from ports import secrets
from ports.settings import Settings, secrets_of

FIRST = ("time", "level", "process", "event")
TALKATIVE = ("boto3", "botocore", "s3transfer", "urllib3")
"""Libraries that say, when asked for more than warnings, what they sign requests with."""


class _Stderr(logging.Handler):
    """Writes to what stderr is at that moment; a reader who has gone away stops nobody."""

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def configure(settings: Settings, process: str) -> None:
    """Let every line of this process look like this, and begin with the name of the process; may be called again."""
    secrets.keep(secrets_of(settings))

    def name(logger: Any, method: str, event: EventDict) -> EventDict:
        return {"process": process, **event}

    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        name,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )  # fmt: skip
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=_to_a_line(_wants_json(settings)))
    )
    root = logging.getLogger()
    root.handlers[:] = [*(other for other in root.handlers if not isinstance(other, _Stderr)), handler]
    root.setLevel(settings.log_level.upper())
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(max(root.level, logging.WARNING))


def _wants_json(settings: Settings) -> bool:
    """As asked for; otherwise people read terminals, and programs read everything else."""
    return settings.log_format == "json" if settings.log_format else not sys.stderr.isatty()


def _to_a_line(json: bool) -> list[Processor]:
    last: list[Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False)]
        if json
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), timestamp_key="time", exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _hide,
        *last,
    ]


def _hide(logger: Any, method: str, event: EventDict) -> MutableMapping[str, Any]:
    """The event without secrets and names, what every line has in front."""
    ordered = [name for name in FIRST if name in event] + [name for name in event if name not in FIRST]
    return {name: _plain(event[name]) for name in ordered}


def _plain(value: object) -> object:
    """The value as JSON knows it, without secrets, e-mail addresses and handles."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_plain(inner) for inner in value]
    return secrets.nameless(secrets.hide(str(value)))
