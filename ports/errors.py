"""What a port says when the outside world does not do as asked.

PortError
├── Misconfigured   a setting is missing or wrong; names the setting and what it may be
├── Overtaken       something else stands there by now; look again
├── Refused         the service takes everything but this
└── Unavailable     the service does not answer or refuses; may pass by itself
    └── Throttled   it was asked too much at once; carries when to come back
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


class Throttled(Unavailable):
    """The service behind a port asks to be left alone for `after` seconds."""

    def __init__(self, message: str, after: float) -> None:
        super().__init__(message)
        self.after = after
