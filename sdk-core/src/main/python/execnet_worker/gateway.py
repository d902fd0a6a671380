"""The worker's end of the connection: takes frames in, and sees to an orderly end."""

import os
import sys
import time
import weakref

from .dumping import dumps_internal
from .errors import LoadError
from .errors import ProtocolError
from .errors import RemoteError
from .execution import Execution
from .factory import ChannelFactory
from .factory import user_traceback
from .frames import CHANNEL_CLOSE
from .frames import CHANNEL_CLOSE_ERROR
from .frames import CHANNEL_DATA
from .frames import CHANNEL_EXEC
from .frames import CHANNEL_LAST_MESSAGE
from .frames import FIRST_EXTENSION
from .frames import GATEWAY_TERMINATE
from .frames import OUTPUT_CREDIT
from .frames import RECONFIGURE
from .frames import STATUS
from .green import GreenFrames
from .green import HubCalls
from .native import current_thread
from .native import new_lock
from .native import start_thread
from .outbox import Outbox
from .printed import FramedOutput
from .reading import FrameReader
from .reading import SharedFrames
from .scheduling import GreenScheduler
from .scheduling import ThreadScheduler
from .scheduling import interrupt_main
from .scheduling import interrupt_thread

_SECONDS_TO_FINISH = 5
_SECONDS_TO_INTERRUPT = 10

_sleep = time.sleep  # the real one, whatever executed code patches

_gateways = weakref.WeakSet()


class _Terminate(Exception):
    """The master says that it is done."""


class WorkerGateway:
    def __init__(self, execmodel, stream, gateway_id, framed=()):
        self.execmodel = execmodel
        self.id = gateway_id
        self.ended = False
        self.service = globals().get("service")  # the dict of a server that keeps state, or None
        self._stream = stream
        self._strconfig = (True, False)
        self._watched = new_lock()
        self._outlived = False
        self._hub_calls = HubCalls(execmodel) if execmodel.is_green else None
        self._outbox = Outbox(stream, execmodel, self._connection_ended, self._hub_calls)
        self._frames = reader = FrameReader(stream)
        if self._hub_calls is not None:
            self._frames = GreenFrames(reader, execmodel, self._hub_calls, self._watch_the_end)
        elif framed:
            self._frames = SharedFrames(reader, self._watch_the_end)
        self._output = None
        if framed:
            self._output = FramedOutput(framed, self._frames, self._outbox)
            reader.urgent[OUTPUT_CREDIT] = self._output.on_credit
        self._channelfactory = ChannelFactory(self)
        self._scheduler = (GreenScheduler if execmodel.is_green else ThreadScheduler)(execmodel)
        self._handlers = {
            STATUS: self._on_status,
            RECONFIGURE: self._on_reconfigure,
            GATEWAY_TERMINATE: self._on_terminate,
            CHANNEL_EXEC: self._on_exec,
            CHANNEL_DATA: self._channelfactory.deliver,
            CHANNEL_CLOSE: self._on_close,
            CHANNEL_CLOSE_ERROR: self._on_close_error,
            CHANNEL_LAST_MESSAGE: self._on_last_message,
        }
        _gateways.add(self)

    def __repr__(self):
        return "<WorkerGateway id=%r %s>" % (self.id, self.execmodel.backend)

    def _trace(self, *message):
        """Called by the source that stock masters send to a hop; stock writes a debug log."""

    def newchannel(self):
        """A channel that the master learns of when it is sent to it."""
        return self._channelfactory.new()

    def reconfigure(self, py2str_as_py3str=True, py3str_as_py2str=False):
        """As Channel.reconfigure, for the channels that are made from now on."""
        self._strconfig = (py2str_as_py3str, py3str_as_py2str)
        self._send_reconfigure(0, self._strconfig)

    def _send_reconfigure(self, channel_id, strconfig):
        self._outbox.send(RECONFIGURE, channel_id, dumps_internal(strconfig))

    def serve(self):
        """Serve until the connection ends; to be called by the main thread."""
        if self._output is not None:
            self._output.start()
        self._thread = current_thread()
        self.execmodel.start(self._receive)
        self._scheduler.run_main()
        self._outbox.flush()

    def finish_output(self):
        """Send the last of what was printed; what is printed from now on goes nowhere."""
        if self._output is not None:
            self._output.finish()
            self._outbox.flush()

    # Receiving

    def _receive(self):
        error = None
        try:
            self._dispatch_all()
            error = EOFError("the connection to the master was lost")
        except _Terminate:
            pass
        except ProtocolError as exc:
            self._complain("protocol error: %s\n" % exc)
            error = EOFError("the connection to the master was lost: %s" % exc)
        except BaseException:
            self._complain(user_traceback(0))
            error = EOFError("the connection to the master was lost")
        self._connection_ended(error)

    def _dispatch_all(self):
        handler_of = self._handlers.get
        for msgcode, channel_id, payload in self._frames:
            handler = handler_of(msgcode)
            if handler is not None:
                handler(channel_id, payload)
            elif msgcode < FIRST_EXTENSION:
                raise ProtocolError("a frame of unknown type %d" % msgcode)

    def _on_status(self, channel_id, payload):
        status = {
            "numchannels": len(self._channelfactory.channels()),
            "numexecuting": self._scheduler.executing,
            "execmodel": self.execmodel.backend,
        }
        self._outbox.post(CHANNEL_DATA, channel_id, dumps_internal(status))
        self._outbox.post(CHANNEL_CLOSE, channel_id)

    def _on_reconfigure(self, channel_id, payload):
        try:
            py2str_as_py3str, py3str_as_py2str = self._channelfactory.load(payload, (True, False))
        except (LoadError, TypeError, ValueError) as exc:
            if channel_id:
                self._channelfactory.fail(channel_id, "can't reconfigure: %s" % exc)
            else:
                self._complain("can't reconfigure: %s\n" % exc)
            return
        strconfig = (bool(py2str_as_py3str), bool(py3str_as_py2str))
        if channel_id == 0:
            self._strconfig = strconfig
            return
        channel = self._channelfactory.get(channel_id)
        if channel is not None:
            channel._set_strconfig(strconfig)

    def _on_terminate(self, channel_id, payload):
        raise _Terminate

    def _on_exec(self, channel_id, payload):
        channel = self._channelfactory.new(channel_id)
        try:
            execution = Execution(self, channel, payload)
        except LoadError as exc:
            self._channelfactory.fail(channel_id, "can't execute: %s" % exc)
            return
        self._scheduler.submit(execution)

    def _on_close(self, channel_id, payload):
        self._channelfactory.end(channel_id, True)

    def _on_close_error(self, channel_id, payload):
        try:
            text = self._channelfactory.load(payload, (True, False))
        except LoadError as exc:
            text = "closed with an error that can't be loaded: %s" % exc
        self._channelfactory.end(channel_id, True, RemoteError(str(text)))

    def _on_last_message(self, channel_id, payload):
        self._channelfactory.end(channel_id, False)

    # The end

    def _complain(self, text):
        try:
            sys.stderr.write("execnet worker %s: %s" % (self.id, text))
        except (AttributeError, OSError, ValueError):
            pass  # nobody listens

    def _connection_ended(self, error=None):
        self.ended = True
        self._watch_the_end()
        self._channelfactory.end_all(error)
        self._scheduler.stop()

    def _watch_the_end(self):
        """Make sure that this process ends; from whichever thread sees the end first."""
        if self._watched.acquire(False):
            start_thread(self._enforce_the_end, ())

    def _enforce_the_end(self):
        _sleep(_SECONDS_TO_FINISH)
        if self._outlived:
            return
        self._scheduler.give_up()
        if globals().get("process_is_ours") is False:
            interrupt_thread(self._thread)  # and no more than that: others are served here too
            return
        interrupt_main()
        _sleep(_SECONDS_TO_INTERRUPT)
        if not self._outlived:
            os._exit(1)

    def outlive(self):
        """Let the process go on: it is a server's, with other connections to serve."""
        self._outlived = True
        self._stream.close()

    def _notice_fork(self):
        """Before a wait, on Pythons that don't tell of forks (3.6): nothing comes in a child."""
        if _OWN_PID is not None and os.getpid() != _OWN_PID and not self.ended:
            self._after_fork()

    def _after_fork(self):
        """A child process has no part in this: the stream is its parent's."""
        self.ended = True
        self._outbox.abandon()
        if self._output is not None:
            self._output.after_fork()
        self._channelfactory.after_fork()
        self._stream.close()


def _after_fork_in_child():
    for gateway in list(_gateways):
        _gateways.discard(gateway)  # a child of the child may use the descriptors for others
        gateway._after_fork()


_OWN_PID = None if hasattr(os, "register_at_fork") else os.getpid()

if _OWN_PID is None:
    os.register_at_fork(after_in_child=_after_fork_in_child)
