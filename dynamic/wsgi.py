"""What a WSGI server is pointed at: `gunicorn dynamic.wsgi:app`."""

from dynamic.app import create_app
from ports import log
from ports.settings import from_environment

settings = from_environment()
log.configure(settings, "web")
app = create_app(settings)
