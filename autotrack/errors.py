"""What the front door says when it cannot do as asked.

Failure
├── AlreadyRunning   a second `autotrack run` in the same home; carries the address of the first
├── NotOurs          files that belong to another user of this machine
└── ServerFailed     an embedded server or the web server did not start, or ended by itself
"""


class Failure(Exception):
    """Base of every failure of the front door; its message is one line for the operator."""


class AlreadyRunning(Failure):
    """Another copy holds the run lock of this home."""


class NotOurs(Failure):
    """A file of the home cannot be used by this user."""


class ServerFailed(Failure):
    """A server that the command started does not answer or has ended."""
