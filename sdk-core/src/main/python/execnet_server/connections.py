"""A connection in a process, or a thread, of its own, and what the server knows of it."""

import atexit
import os
import signal
import socket
import sys
import threading
import time

from .attending import authenticate
from .attending import execute
from .attending import is_quit
from .attending import receive_program
from .attending import say_last
from .lines import Refused
from .refusals import log
from .silence import AnswerWatch
from .tls import Pump
from .tls import tls_handshake
from .tls import tls_socket

_MAX_REPORT = 4096


def end_stream(sock):
    """Whether that was still to be done. Past TLS: no other thread's handshake meets it there."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
        return True
    except OSError:
        return False


def shut(sock):
    end_stream(sock)
    sock.close()


class Connection:
    """On the server's side: what is told over the report socket decides what it is.

    A line there says started, quit or refused. In a thread the socket then stays open until the
    connection has ended; of a process the end is seen by itself.
    """

    def __init__(self, settings, sock, address):
        self.settings = settings
        self.sock = sock
        self._raw = sock  # what leads to the client, where TLS stands between
        self.address = address
        self.who = "%s port %s" % (address[0], address[1]) if address else "a client"
        self.began = time.monotonic()
        self.authenticated = False
        self.quits = False
        self.refused = False
        self.watched = False
        self.pid = None
        # behind TLS, who carries its bytes watches
        self._watch = None if settings.tls is not None else AnswerWatch(sock, settings.keep_alive)
        self.report, self._reports = socket.socketpair()
        # the end that the program gets; kept here so that the end of its process ends it
        self._inner = self._outer = None
        if settings.tls is not None:
            self._inner, self._outer = socket.socketpair()

    def start_process(self, close_unrelated):
        pid = os.fork()
        if pid == 0:
            try:
                close_unrelated()
                self.report.close()
                _become_plain_process()
                self._attend(True)
            except KeyboardInterrupt:
                pass
            finally:
                _leave_process()
        self.pid = pid
        self._reports.close()
        if self._inner is not None:
            self._outer.close()
            self.sock = self._inner

    def start_thread(self):
        thread = threading.Thread(target=self._attend, args=(False,), name="execnet " + self.who)
        thread.daemon = True
        thread.start()

    def read_report(self):
        """What is told, or None at its end."""
        try:
            data = self.report.recv(_MAX_REPORT)
        except OSError:
            data = b""
        return data.decode("utf-8", "replace").strip() if data else None

    def drop(self):
        """End it whatever it does; False where it has to be tried again."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
        dropped = end_stream(self._raw)
        end_stream(self.sock)
        return dropped or self.pid is not None

    def close_in_child(self):
        """In a process that serves another one."""
        for each in (self._raw, self.sock, self.report):
            each.close()

    def end_if_gone(self):
        """Whether its client has just been found to be gone: then its worker sees the end."""
        if self._watch is None or not self._watch.is_gone():
            return False
        self._watch = None
        end_stream(self.sock)
        return True

    def forget(self):
        """It has ended; what a process left behind must not hold the connection open."""
        self.report.close()
        if self.pid is not None:
            shut(self.sock)
            self._raw.close()

    # In the process or thread of its own

    def _tell(self, text):
        try:
            self._reports.sendall(text.encode("utf-8"))
        except OSError:
            pass  # the server has ended

    def _attend(self, alone):
        settings = self.settings
        deadline = self.began + settings.auth_timeout
        sock = self.sock
        try:
            if settings.tls is not None:
                self._raw = sock = tls_socket(settings.tls, sock)
                tls_handshake(sock, deadline)
            if settings.token is not None:
                authenticate(sock, settings.token, deadline)
            if settings.tls is not None:  # from here on it may take long, and is worth a pump
                sock = self._behind_tls(sock, alone)
            program = receive_program(sock, deadline)
            if is_quit(program):
                self._tell("quit")
                self._reports.recv(1)  # until it listens no more
                say_last(sock, "bye")
                return
            self._tell("started")
            if alone:
                self._reports.close()
            names = {
                "clientsock": sock,
                "address": self.address,
                "process_is_ours": alone,
            }
            if settings.service is not None:
                names["service"] = settings.service
            execute(program, names, alone)
        except Refused as exc:
            self._tell("refused %s" % exc)
            if settings.token is not None:
                say_last(sock, "refused")
        except OSError as exc:
            self._tell("refused lost: %s" % (exc.strerror or exc))
        finally:
            if not alone:
                shut(sock)
                if self._inner not in (None, sock):  # it came to no pump
                    shut(self._outer)
                    shut(self._inner)
                self._reports.close()

    def _behind_tls(self, tls, alone):
        if alone:
            pump = Pump(tls, self._outer, self.settings.keep_alive)
            pump.run_in_a_process(self._inner, [self._reports])
        else:
            pump = Pump(tls, self._outer, self.settings.keep_alive)
            thread = threading.Thread(target=pump.run, name="execnet TLS " + self.who)
            thread.daemon = True
            thread.start()
            self.sock = self._inner
        return self._inner


def _become_plain_process():
    """Nothing here is the server's any more."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave_process():
    """Exit as Python does, but wait for no thread: nobody is there who could end it."""
    try:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except Exception as exc:
        log("at the end of a connection: %s" % exc)
    finally:
        os._exit(0)
