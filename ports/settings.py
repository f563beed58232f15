"""Every setting of the product, read from the environment once and passed on as one frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from ports import secrets
from ports.countries import COUNTRIES
from ports.errors import Misconfigured

PROJECT = Path(__file__).resolve().parent.parent

_HOST = re.compile(r"[^\s@/]+")
_SENDER = re.compile(r"[^\s@<>]+@[^\s@<>]+|[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>")
SHORTEST_KEY = 32
LONGEST_BACKUP = 3660
LOG_FORMATS, LOG_LEVELS = ("json", "text"), ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class Settings:
    """What an operator may choose; `embedded:` stands for a server that the command starts itself."""

    home: Path
    database_url: str
    redis_url: str
    bucket_url: str
    site_url: str
    site_name: str
    default_region: str
    host: str
    port: int
    pg_bin: Path | None = None
    security_contact: str = ""
    log_format: str = ""
    """One of LOG_FORMATS; empty for what suits the reader."""
    log_level: str = "info"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    """Where this process says how it does; nowhere without one."""
    feeds: tuple[Path, ...] = ()
    cdn_url: str = "none:"
    cdn_token: str = field(default="", repr=False)
    uploads_url: str = ""
    """Where pictures of fans lie; never in the bucket of pages."""
    mail_url: str = "console:"
    mail_from: str = ""
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """The newest first; without any, one is kept in the home."""
    reader_address: str = ""
    """The header in which our own proxy says where a reader is; without one, whoever connects is the reader."""
    backup_days: int = 30
    """For how many days the operator keeps backups: what receipts say, nothing that is done here."""


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise Misconfigured naming the variable that is wrong."""
    home = Path(environ.get("AUTOTRACK_HOME") or PROJECT / ".autotrack").absolute()
    host, port = environ.get("HOST", "127.0.0.1"), _port(environ.get("PORT", "8000"))
    return Settings(
        home=home,
        database_url=_server("DATABASE_URL", environ.get("DATABASE_URL") or "embedded:", ("postgresql", "postgres")),
        redis_url=_server("REDIS_URL", environ.get("REDIS_URL") or "embedded:", ("redis", "rediss", "unix")),
        bucket_url=environ.get("BUCKET_URL") or "file:" + quote(str(home / "bucket")),
        site_url=_site_url(environ.get("SITE_URL") or f"http://{host}:{port}"),
        site_name=environ.get("SITE_NAME") or "AutoTrack Anime",
        default_region=_region(environ.get("DEFAULT_REGION") or "US"),
        host=host,
        port=port,
        pg_bin=Path(environ["PG_BIN"]) if environ.get("PG_BIN") else None,
        security_contact=_contact(environ.get("SECURITY_CONTACT") or ""),
        log_format=_one_of("LOG_FORMAT", environ.get("LOG_FORMAT") or "", LOG_FORMATS),
        log_level=_one_of("LOG_LEVEL", environ.get("LOG_LEVEL") or "info", LOG_LEVELS),
        metrics_host=environ.get("METRICS_HOST") or "127.0.0.1",
        metrics_port=_port(text, "METRICS_PORT") if (text := environ.get("METRICS_PORT")) else None,
        feeds=tuple(Path(text).absolute() for text in environ.get("FEEDS", "").split(os.pathsep) if text),
        cdn_url=environ.get("CDN_URL") or "none:",
        cdn_token=environ.get("CDN_TOKEN") or "",
        uploads_url=environ.get("UPLOADS_URL") or "file:" + quote(str(home / "uploads")),
        mail_url=environ.get("MAIL_URL") or "console:",
        mail_from=_sender(environ.get("MAIL_FROM") or ""),
        secret_keys=_keys(environ.get("SECRET_KEY") or ""),
        reader_address=_header(environ.get("READER_ADDRESS") or ""),
        backup_days=_days("BACKUP_DAYS", environ.get("BACKUP_DAYS") or "30"),
    )


def chooses_address(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment says what address pages name; otherwise it is the default."""
    return any(environ.get(name) for name in ("SITE_URL", "HOST", "PORT"))


def to_environment(settings: Settings) -> dict[str, str]:
    """The variables from which another process reads these same settings."""
    chosen = {
        "AUTOTRACK_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "BUCKET_URL": settings.bucket_url,
        "SITE_URL": settings.site_url,
        "SITE_NAME": settings.site_name,
        "DEFAULT_REGION": settings.default_region,
        "HOST": settings.host,
        "PORT": str(settings.port),
        "SECURITY_CONTACT": settings.security_contact,
        "LOG_FORMAT": settings.log_format,
        "LOG_LEVEL": settings.log_level,
        "METRICS_HOST": settings.metrics_host,
        "METRICS_PORT": str(settings.metrics_port or ""),
        "FEEDS": os.pathsep.join(map(str, settings.feeds)),
        "CDN_URL": settings.cdn_url,
        "CDN_TOKEN": settings.cdn_token,
        "UPLOADS_URL": settings.uploads_url,
        "MAIL_URL": settings.mail_url,
        "MAIL_FROM": settings.mail_from,
        "SECRET_KEY": " ".join(settings.secret_keys),
        "READER_ADDRESS": settings.reader_address,
        "BACKUP_DAYS": str(settings.backup_days),
    }
    return inherited() | chosen


def inherited() -> dict[str, str]:
    """The environment of this process, to pass on to another one."""
    return dict(os.environ)


def secrets_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """What of the settings and the environment nobody may read in a log or an error."""
    found = secrets.found_in({**environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url})
    return found.union(settings.secret_keys)


def _port(text: str, name: str = "PORT") -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Misconfigured(f"{name} is {text!r}; it must be a number from 1 to 65535")
    return int(text)


def _days(name: str, text: str) -> int:
    if not text.isdecimal() or not int(text) <= LONGEST_BACKUP:
        raise Misconfigured(f"{name} is {text!r}; it must be a number of days from 0 to {LONGEST_BACKUP}")
    return int(text)


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text and text.lower() not in known:
        raise Misconfigured(f"{name} is {text!r}; known: {', '.join(known)}")
    return text.lower()


def _site_url(text: str) -> str:
    try:
        parts = urlsplit(text.rstrip("/"))
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        plain = False
    if not plain or text.rstrip("/") != f"{parts.scheme}://{parts.netloc}" or not _HOST.fullmatch(parts.netloc):
        raise Misconfigured(
            f"SITE_URL is {text!r}; it must be an address without a path, such as https://anime.example"
        )
    return text.rstrip("/")


def _server(name: str, text: str, schemes: tuple[str, ...]) -> str:
    if text != "embedded:" and text.partition("://")[0] not in schemes:
        # The rest may hold a password.
        raise Misconfigured(
            f"{name} has the scheme {text.partition(':')[0][:20]!r}; it must begin with {schemes[0]}://"
        )
    return text


def _contact(text: str) -> str:
    if text and not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+)", text):
        raise Misconfigured(
            f"SECURITY_CONTACT is {text!r}; it must be an address such as mailto:security@anime.example or https://…"
        )
    return text


def _sender(text: str) -> str:
    if text and not _SENDER.fullmatch(text):
        raise Misconfigured(f"MAIL_FROM is {text!r}; it must be an address such as AutoTrack <no-reply@anime.example>")
    return text


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(text.split())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise Misconfigured(
            f"SECRET_KEY holds a key of fewer than {SHORTEST_KEY} characters; `openssl rand -base64 48` makes one"
        )
    return keys


def _header(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z][A-Za-z-]*", text):
        raise Misconfigured("READER_ADDRESS must be the name of a header such as X-Forwarded-For")
    return text


def _region(text: str) -> str:
    if text.upper() not in COUNTRIES:
        raise Misconfigured(f"DEFAULT_REGION is {text!r}; it must be a country code of ISO 3166-1, such as US or GB")
    return text.upper()
