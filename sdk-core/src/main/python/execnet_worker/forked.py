"""A process that executed code forked, and that came back from it into this program."""

import os
import sys

from .stdio import flush_standard_streams


def end_forked_child(error):
    """End it: it has no master to serve. The error that the code ended with is shown, if any."""
    if error is not None:
        sys.stderr.write(error)
    flush_standard_streams()
    os._exit(0 if error is None else 1)
