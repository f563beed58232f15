"""The Flask application: its ports, its blueprints, and what every answer carries."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask_compress import Compress

from dynamic import access, cookies, errors, forms, guard, limits, login, pages, transaction
from dynamic.account import account
from dynamic.api.api import api
from dynamic.auth import auth
from dynamic.data import data
from dynamic.entry import entry
from dynamic.health import health, panel
from dynamic.library import library
from dynamic.links import links
from dynamic.media import media
from dynamic.origin import origin
from dynamic.people import people
from dynamic.profiles import profiles
from dynamic.reviews import reviews
from dynamic.two_step import two_step
from ports.bucket import open_bucket
from ports.passwords import Argon2
from ports.settings import Settings
from ports.signing import open_keys

BLUEPRINTS: tuple[Blueprint, ...] = (
    health, auth, two_step, links, account, data, media, profiles, people, reviews, library, entry, api, origin,
)  # fmt: skip

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


CODINGS = ["br", "zstd", "gzip"]
"""What pages are compressed with, best first."""


def create_app(settings: Settings) -> Flask:
    """An application over these settings; opens its ports, reads no environment."""
    app = Flask(__name__, static_folder=None)
    bucket = open_bucket(settings.bucket_url)
    app.extensions.update(
        bucket=bucket, uploads=open_bucket(settings.uploads_url, "UPLOADS_URL"), health=panel(settings, bucket)
    )
    app.extensions.update(keys=open_keys(settings), hasher=Argon2())
    access.install(app)
    app.after_request(_harden_over_tls if settings.site_url.startswith("https:") else _harden)
    _compress(app)
    _know_readers(app, settings)
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    limits.install(app, settings)
    return app


def _know_readers(app: Flask, settings: Settings) -> None:
    """In this order: a connection, what may be asked on it, and cookies before it is committed."""
    cookies.install(app, settings)
    transaction.install(app, settings)
    login.install(app)
    guard.install(app, settings)
    pages.install(app, settings)
    app.after_request(login.tidy)
    app.after_request(forms.keep_guest)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    return response


def _harden_over_tls(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return _harden(response)


def _compress(app: Flask) -> None:
    app.config.update(
        COMPRESS_ALGORITHM=CODINGS,
        COMPRESS_STREAMS=False,
        # Views answer If-None-Match themselves, by a validator that holds for every coding.
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    app.before_request(_drop_refused_codings)
    Compress(app)


def _drop_refused_codings() -> None:
    """Flask-Compress takes `gzip;q=0`, which refuses gzip, for a faint wish to have it, also beside a `*`."""
    named = dict(request.accept_encodings)
    any_other = named.pop("*", 0)
    others = {coding: any_other for coding in CODINGS if coding not in named}
    wanted = [f"{coding};q={quality}" for coding, quality in {**named, **others}.items() if quality > 0]
    request.environ["HTTP_ACCEPT_ENCODING"] = ", ".join(wanted)
