"""The Flask application: its ports, its blueprints, and what every answer carries."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, request
from flask_compress import Compress

from dynamic import access, errors
from dynamic.health import health, panel
from dynamic.origin import origin
from ports.bucket import open_bucket
from ports.settings import Settings

BLUEPRINTS: tuple[Blueprint, ...] = (health, origin)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


CODINGS = ["br", "zstd", "gzip"]
"""What pages are compressed with, best first."""


def create_app(settings: Settings) -> Flask:
    """An application over these settings; opens its ports, reads no environment."""
    app = Flask(__name__, static_folder=None)
    bucket = open_bucket(settings.bucket_url)
    app.extensions.update(bucket=bucket, health=panel(settings, bucket))
    access.install(app)
    app.after_request(_harden)
    _compress(app)
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    return response


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
