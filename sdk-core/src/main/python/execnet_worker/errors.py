"""The exceptions that executed code can meet."""


class DataFormatError(Exception):
    """A value or a payload that the wire format has no place for."""


class DumpError(DataFormatError):
    """A value that can't be sent."""


class LoadError(DataFormatError):
    """A payload that doesn't hold one value."""


class ProtocolError(Exception):
    """What the other side sent can't be followed: the connection has to end."""


class RemoteError(Exception):
    """What the other side closed a channel with: as a rule, a formatted traceback."""

    def __init__(self, formatted):
        super().__init__(formatted)
        self.formatted = formatted


class TimeoutError(OSError):  # the name is public API, and hides the builtin in this program
    """Nothing came in the time that receive() or waitclose() was given."""
