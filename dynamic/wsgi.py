"""What a WSGI server is pointed at: `gunicorn dynamic.wsgi:app`."""

from dynamic.app import create_app
from ports.settings import from_environment

app = create_app(from_environment())
