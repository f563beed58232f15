"""Pages of the app: templates that are filled for one reader, and never kept by anybody else."""

from __future__ import annotations

from functools import cache
from typing import Any

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
    """What each page knows of the site."""
    app.extensions["site"] = {"name": settings.site_name, "url": settings.site_url}


@cache
def _templates() -> Environment:
    """The templates of `templates/app`, with the assets of the built site."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    names = [path.name for path in STATIC.iterdir() if path.suffix in TYPES]
    env.globals["assets"] = {name: assets.address(name, lambda name: (STATIC / name).read_bytes()) for name in names}
    env.filters["query"] = came_for.query
    return env


def page(template: str, status: int = 200, **document: Any) -> Response:
    """`templates/app/<template>` with this document, and with what each page of the app knows."""
    body = _templates().get_template(f"app/{template}").render(
        **document, site=current_app.extensions["site"], reader=current_user, path=request.path,
        form_token=forms.token(),
    )  # fmt: skip
    return Response(body, status, content_type="text/html; charset=utf-8")
