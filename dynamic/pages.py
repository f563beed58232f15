"""Pages of the app: templates that are filled for one reader, and never kept by anybody else."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Response, current_app, request
from flask_login import current_user
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain import assets
from dynamic import came_for, forms
from ports.settings import PROJECT, Settings

TEMPLATES = PROJECT / "templates"
STATIC = TEMPLATES / "static"
TYPES = (".css", ".js", ".woff2", ".svg", ".png")


def install(app: Flask, settings: Settings) -> None:
    """The templates of `templates/app`, with the assets of the built site."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    names = [path.name for path in STATIC.iterdir() if path.suffix in TYPES]
    env.globals["assets"] = {name: assets.address(name, lambda name: (STATIC / name).read_bytes()) for name in names}
    env.globals["site"] = {"name": settings.site_name, "url": settings.site_url}
    env.filters["query"] = came_for.query
    app.extensions["templates"] = env


def page(template: str, status: int = 200, **document: Any) -> Response:
    """`templates/app/<template>` with this document, and with what each page of the app knows."""
    env = cast(Environment, current_app.extensions["templates"])
    body = env.get_template(f"app/{template}").render(
        **document, reader=current_user, path=request.path, form_token=forms.token()
    )
    return Response(body, status, content_type="text/html; charset=utf-8")
