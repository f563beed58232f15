"""Profiles: the public address of a fan, and where an old one leads."""

from __future__ import annotations

from flask import Blueprint, g, redirect
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from domain import accounts, handles, paths
from domain.errors import NotFound
from dynamic.pages import page
from ports import clock

profiles = Blueprint("profiles", __name__)


class Handle(BaseConverter):
    """What can be a handle; for anything else there is no need to ask."""

    regex = handles.SHAPE


# before the routes that use it
profiles.record_once(lambda state: state.app.url_map.converters.update(handle=Handle))


@profiles.get("/@<handle:handle>")
def profile(handle: str) -> Response:
    """Who this is. One who has not proved an address yet is not shown; a former handle leads on for a while."""
    try:
        found = accounts.find(g.connection, handle)
    except NotFound:
        now = handles.leads_to(g.connection, handle, clock.now())
        if now is None:
            raise
        return redirect(paths.profile(now), 302)
    if not found.verified:
        raise NotFound(f"nobody here is called {handle!r}")
    if found.handle != handle:
        return redirect(paths.profile(found.handle), 302)
    return page("profile.html", profile=found)
