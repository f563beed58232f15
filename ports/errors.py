"""What a port says when the outside world does not do as asked.

PortError
├── Misconfigured   a setting is missing or wrong; names the setting and what it may be
├── Overtaken       something else stands there by now; look again
├── Refused         the service takes everything but this
└── Unavailable     the service does not answer or refuses; may pass by itself
"""


class PortError(Exception):
    """Base of every failure of a port; its message is meant for the operator."""


class Misconfigured(PortError):
    """A setting is missing or has a value that no adapter accepts."""


class Overtaken(PortError):
    """What was to be replaced is not what stands there."""


class Refused(PortError):
    """The service behind a port took everything but what it was given here."""


class Unavailable(PortError):
    """The service behind a port did not answer or refused."""
