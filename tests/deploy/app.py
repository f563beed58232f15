"""The real app, and beside it what later routes will do: know one reader, set cookies, take what is sent."""

import itertools
import time

from flask import Response, request

from dynamic.app import create_app
from ports.settings import from_environment

app = create_app(from_environment())
_words = itertools.count()


@app.route("/api/echo", methods=["GET", "POST"])
@app.get("/library/echo/echo")
@app.get("/@somebody/echo")
def echo() -> dict[str, str]:
    """What of a request arrives."""
    return {
        "method": request.method, "query": request.query_string.decode(), "body": request.get_data(as_text=True),
        "cookie": request.headers.get("Cookie", ""), "host": request.headers.get("X-Forwarded-Host", ""),
    }  # fmt: skip


@app.get("/api/moved")
def moved() -> Response:
    return Response(status=302, headers={"Location": "/elsewhere", "Set-Cookie": "session=secret"})


@app.get("/careless/<cache_control>")
@app.get("/careless/<cache_control>/<cookie>")
@app.get("/@careless/<cache_control>")
def careless(cache_control: str, cookie: str = "") -> Response:
    """Another word each time, at addresses that caches take for a page, slowly."""
    time.sleep(0.1)
    spoken = Response(f"{next(_words)} {request.query_string.decode()}{request.headers.get('Cookie', '')}\n")
    if cache_control != "none":
        spoken.headers["Cache-Control"] = cache_control
    if cookie:
        spoken.headers["Set-Cookie"] = "session=secret"
    return spoken
