# Services of the host that this runs on: starts, lists and stops them.
import json
import os
import signal
import subprocess
import sys
import time

_SECONDS_TO_START = 20
_SECONDS_TO_STOP = 5
_READ_PROGRAM = "import sys;exec(eval(sys.stdin.readline()))"


class ServiceError(Exception):
    """What was asked for can't be had; the text is for people."""


def _folder():
    return os.path.join(os.path.expanduser("~"), ".execnet", "services")


def _path(port, extension):
    return os.path.join(_folder(), "%d.%s" % (port, extension))


def _runs(port):
    """Whether a service runs: it holds its lock as long as it lives.

    What a killed one has written of itself goes here, lest the next be taken for it.
    """
    try:
        import fcntl
    except ImportError:
        raise ServiceError("services need a system with fork and file locks") from None
    try:
        fd = os.open(_path(port, "lock"), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        _remove(_path(port, "json"))
        return False
    finally:
        os.close(fd)


def _described(port):
    """What the service of this port has written of itself; None where it has not yet."""
    try:
        with open(_path(port, "json"), encoding="utf-8") as source:
            found = json.load(source)
        os.kill(found["pid"], 0)  # a service that was killed leaves its file
    except (OSError, ValueError, KeyError):
        return None
    return found


def ensure(port, program):
    """The token of the service on this port, which is started where it does not run.

    program is the source of the socket server, which the interpreter that runs this will run.
    """
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        if not _runs(port):
            _start(port, program)
        else:
            found = _described(port)
            if found is not None:
                return found["token"]
        if time.monotonic() > deadline:
            raise ServiceError(
                "the service on port %d did not start within %d s" % (port, _SECONDS_TO_START)
            )
        time.sleep(0.01)


def _start(port, program):
    command = [sys.executable, "-c", _READ_PROGRAM, str(port), "--service"]
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as exc:
        raise ServiceError("can't start %s: %s" % (command[0], exc.strerror)) from None
    try:
        # it lets go of its output when it is there, and goes on in a process of its own
        said, _ = child.communicate(ascii(program).encode("ascii") + b"\n", _SECONDS_TO_START)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise ServiceError("%s did not start a service" % sys.executable) from None
    said = said.decode("utf-8", "replace").strip()
    if said not in ("ready", "busy"):  # busy: another was quicker, and is as good
        raise ServiceError(said[len("error ") :] if said.startswith("error ") else said)


def running():
    """The services that run, by port; what is told of them is not their token."""
    found = []
    for name in sorted(os.listdir(_folder()) if os.path.isdir(_folder()) else []):
        base, extension = os.path.splitext(name)
        if extension == ".lock" and base.isdigit() and _runs(int(base)):
            described = _described(int(base))
            if described is not None:
                described.pop("token", None)
                found.append(described)
    return sorted(found, key=lambda each: each["port"])


def stop(port):
    """Whether there was a service to stop; it is gone when this returns."""
    found = _described(port) if _runs(port) else None
    if found is None:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(found["pid"], number)
        except ProcessLookupError:
            pass
        deadline = time.monotonic() + _SECONDS_TO_STOP
        while time.monotonic() < deadline:
            if not _runs(port):
                return True
            time.sleep(0.01)
    raise ServiceError("the service on port %d does not end" % port)


def _remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _command_line(arguments):
    command = arguments[0]
    if command == "ensure":
        program = eval(sys.stdin.readline())
        return ["ok", ensure(int(arguments[1]), program)]
    if command == "stop":
        return ["ok", "stopped" if stop(int(arguments[1])) else "none"]
    return ["ok"] + ["%(port)d\t%(pid)d\t%(started)s\t%(python)s" % each for each in running()]


if __name__ == "__main__":
    try:
        lines = _command_line(sys.argv[1:])
    except (ServiceError, OSError) as exc:
        lines = ["error\t%s" % exc]
    sys.stdout.write("\n".join(lines) + "\n")
