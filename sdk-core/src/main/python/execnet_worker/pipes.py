"""What stands behind a descriptor whose output goes in frames."""

import os

from .memory import when_there_is_memory
from .native import has_more
from .native import new_lock
from .native import wait_readable

# Not Python, which would take more memory. It ends when nobody can print there any more.
_WAIT_AND_PASS_ON = "read end <&2; exec cat"


class Pipe:
    """What is printed to a descriptor, until it is read; the end of the process loses it."""

    _ended = False  # nothing more will be printed there

    def __init__(self, fd):
        self._sending = new_lock()  # held while something has been read and is not yet sent
        self._read_fd, write_fd = os.pipe()
        try:
            self._prepare(fd)
            os.dup2(write_fd, fd)
        except OSError:
            os.close(self._read_fd)
            raise
        finally:
            os.close(write_fd)

    def _prepare(self, fd):
        """What has to be done while the descriptor still leads where it did."""

    def read(self, size, send):
        """Wait for some of it, have it sent, and return it: b"" at the end.

        A thread of a process that crashes may keep the others from running: what can't be sent
        then is not read either.
        """
        when_there_is_memory(wait_readable, self._read_fd)
        with self._sending:
            data = when_there_is_memory(os.read, self._read_fd, size)
            if data:
                send(data)
            else:
                self._ended = True
        return data

    def is_empty(self):
        """Whether all that was printed has been sent."""
        # In this order: what can no longer be read is being sent, or has been.
        return self._ended or not (has_more(self._read_fd) or self._sending.locked())

    def close(self):
        os.close(self._read_fd)


class SurvivingPipe(Pipe):
    """The same where a crash loses little, since what comes last mostly tells its reason.

    Another process waits for the end of this one, and passes on what is left then, to where the
    descriptor led before.
    """

    def _prepare(self, fd):
        self._alive = _pass_on_after_the_end(self._read_fd, fd)

    def close(self):
        Pipe.close(self)
        os.close(self._alive)


def _pass_on_after_the_end(source, target):
    """Return a descriptor that is to stay open as long as this process lives."""
    ended, alive = os.pipe()
    try:
        child = os.fork()
        if child == 0:
            try:
                if os.fork() == 0:  # no child of ours: executed code may wait for all of those
                    os.dup2(source, 0)
                    os.dup2(target, 1)
                    os.dup2(ended, 2)
                    os.execv("/bin/sh", ["sh", "-c", _WAIT_AND_PASS_ON])
            finally:
                os._exit(0)
    except OSError:
        os.close(alive)
        raise
    finally:
        os.close(ended)
    try:
        os.waitpid(child, 0)
    except ChildProcessError:
        pass  # the system sees to those that end
    return alive


def surviving_pipe(fd):
    """One that survives a crash, if there can be one here."""
    if hasattr(os, "fork"):
        try:
            return SurvivingPipe(fd)
        except OSError:
            pass  # no more processes for this user
    return Pipe(fd)
