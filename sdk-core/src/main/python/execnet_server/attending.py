"""One client: who it is, what it wants executed, and doing that."""

import ast
import sys
import time
import traceback
import types
import warnings

from execnet_worker.execmodels import ThreadModel

from .lines import Refused
from .lines import read_line
from .lines import say_goodbye
from .lines import send_line
from .refusals import log
from .tokens import GREETING
from .tokens import is_nonce
from .tokens import new_nonce
from .tokens import proof
from .tokens import same

_MAX_ANSWER = 1024
_MAX_PROGRAM = 1 << 24
_GOODBYE_SECONDS = 2
QUIT = "raise KeyboardInterrupt"

# What Python says of a literal that a client sends is not for the log.
warnings.filterwarnings("ignore", module="<unknown>")


def authenticate(sock, token, deadline):
    """Both sides show that they know the token."""
    nonce = new_nonce()
    send_line(sock, "%s %s" % (GREETING, nonce), deadline)
    answer = read_line(sock, _MAX_ANSWER, deadline, "an answer to the challenge")
    parts = answer.decode("ascii", "replace").split(" ")
    if len(parts) != 2 or not is_nonce(parts[0]):
        raise Refused("it sent something else than an answer to the challenge")
    if not same(parts[1], proof(token, "client", nonce, parts[0])):
        raise Refused("it has another token")
    send_line(sock, "ok %s" % proof(token, "server", nonce, parts[0]), deadline)


def receive_program(sock, deadline):
    """The source that a client sends; Refused where that does not come in time."""
    program = _literal(read_line(sock, _MAX_PROGRAM, deadline, "its program"))
    sock.settimeout(None)
    return program


def say_last(sock, word):
    say_goodbye(sock, word, time.monotonic() + _GOODBYE_SECONDS)


def _literal(line):
    try:
        program = ast.literal_eval(line.decode("utf-8").lstrip())
    except Exception:  # of many kinds: a dict with a list for a key is a TypeError
        program = None
    if not isinstance(program, str):
        raise Refused("it sent a line that is no program")
    return program


def is_quit(program):
    return program.strip() == QUIT


class ProgramModel(ThreadModel):
    """The execution model that a program finds here; each has its own."""

    def __init__(self, program_names):
        super().__init__("thread")
        self._program_names = program_names

    def WorkerPool(self, hasprimary=False):
        """What a master of execnet 1 asks a model for is in the program that it sends."""
        return self._program_names["WorkerPool"](self, hasprimary=hasprimary)


def execute(program, names, as_main):
    """Run the program. An error goes to the log: the connection is the program's own."""
    module = types.ModuleType("__main__" if as_main else "execnet_socket")
    module.__dict__.update(names, execmodel=ProgramModel(module.__dict__))
    if as_main:  # where the forwarder of a stock master looks for what it needs
        sys.modules["__main__"] = module
    try:
        exec(compile(program + "\n", "<socket server>", "exec", 0, True), module.__dict__)
    except SystemExit:
        pass
    except BaseException:
        log("the program of %s failed:\n%s" % (names["address"], traceback.format_exc()))
