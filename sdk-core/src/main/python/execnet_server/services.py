"""A service: a detached server that keeps state, one a port, which only its user may use."""

import json
import os
import secrets
import sys
import time

from .listening import Server
from .listening import Settings
from .listening import listen
from .tokens import TokenError
from .tokens import execnet_folder
from .tokens import remove
from .tokens import write_private

_LOCK_SECONDS = 1
_MAX_LOG = 1 << 20


def _answer(text):
    """To whoever starts us, who reads one line."""
    os.write(1, text.encode("utf-8", "backslashreplace") + b"\n")


def _lock(path):
    """Held by this process, and by none that it forks; False where another service has it."""
    import fcntl

    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)  # it may be held for a look at whether anybody holds it


def _streams_to(path):
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    for fd in (1, 2):
        os.dup2(out, fd)
    os.close(null)
    os.close(out)


def _bound_log():
    """What executed code prints must not fill the disk; the file is written at its end always."""
    if os.fstat(2).st_size > _MAX_LOG:
        os.ftruncate(2, 0)


def serve_service(port, auth_timeout):
    """Become the service of this port. Answers one line: ready, busy, or an error."""
    if not hasattr(os, "fork"):
        _answer("error services need a system with fork and file locks")
        return
    if os.fork():
        os._exit(0)
    try:
        folder = execnet_folder("services")
        base = os.path.join(folder, str(port))
        if not _lock(base + ".lock"):
            _answer("busy")
            return
        remove(base + ".json")  # of one that was killed, and might be taken for this one
        listener = listen("127.0.0.1", port)
    except TokenError as exc:
        _answer("error %s" % exc)
        return
    except OSError as exc:
        _answer("error port %d can't be used: %s" % (port, exc.strerror))
        return
    settings = Settings(secrets.token_hex(32), None, auth_timeout)
    settings.in_process = True
    settings.service = {}
    description = {
        "pid": os.getpid(),
        "port": port,
        "token": settings.token,
        "python": sys.executable,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    write_private(base + ".json", json.dumps(description), replace=True)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _close_quietly(listener))
    os.chdir(os.path.expanduser("~"))
    _answer("ready")
    _streams_to(base + ".log")
    try:
        Server(listener, settings, on_tick=_bound_log).run()
    finally:
        remove(base + ".json")
        os._exit(0)  # whatever its threads are at


def _close_quietly(listener):
    try:
        if listener.fileno() >= 0:
            os.close(listener.detach())
    except OSError:
        pass
