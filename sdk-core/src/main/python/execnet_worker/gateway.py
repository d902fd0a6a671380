"""The worker's end of the connection: takes frames in, and sees to an orderly end."""

import os
import sys
import weakref
from functools import partial

from .cancelling import Interrupts
from .diagnosing import diagnosis
from .dumping import dumps_internal
from .encoding import encode_item
from .encoding import encode_marshalled
from .encoding import encode_quickly
from .ending import EndWatch
from .errors import LoadError
from .errors import ProtocolError
from .errors import RemoteError
from .execution import CANCELLED_BEFORE
from .execution import Execution
from .factory import ChannelFactory
from .frames import BYTES_DATA
from .frames import CANCEL
from .frames import CHANNEL_CLOSE
from .frames import CHANNEL_CLOSE_ERROR
from .frames import CHANNEL_DATA
from .frames import CHANNEL_EXEC
from .frames import CHANNEL_LAST_MESSAGE
from .frames import CREDIT
from .frames import DIAGNOSE
from .frames import DIAGNOSIS
from .frames import FIRST_EXTENSION
from .frames import GATEWAY_TERMINATE
from .frames import MARSHAL_DATA
from .frames import MARSHAL_ITEMS
from .frames import OUTPUT_CREDIT
from .frames import PING
from .frames import PONG
from .frames import RECONFIGURE
from .frames import STATUS
from .green import GreenFrames
from .green import GreenInterrupts
from .green import HubCalls
from .hello import wanted_capabilities
from .incoming import ReceivingCredit
from .leaving import make_ends_wait
from .lending import Lending
from .memory import when_there_is_memory
from .native import CAN_TELL_READABLE
from .native import SWITCHES_AT_CALLS
from .native import current_thread
from .native import start_thread
from .outbox import Outbox
from .printed import FramedOutput
from .reading import LEAVE
from .reading import FrameReader
from .scheduling import GreenScheduler
from .scheduling import ThreadScheduler
from .sending import SendingCredit
from .sleeping import forget_sleepers
from .sleeping import make_sleep_wake_up
from .tracebacks import user_traceback

_gateways = weakref.WeakSet()


class _Terminate(Exception):
    """The master says that it is done."""


class WorkerGateway:
    def __init__(self, execmodel, stream, gateway_id, framed=(), hello=False):
        self.execmodel = execmodel
        self.id = gateway_id
        self.ended = False
        self.service = globals().get("service")  # the dict of a server that keeps state, or None
        self._stream = stream
        self._strconfig = (True, False)
        self._hub_calls = HubCalls(execmodel) if execmodel.is_green else None
        self._interrupts = (
            Interrupts(execmodel)
            if self._hub_calls is None
            else GreenInterrupts(execmodel, self._hub_calls)
        )
        self._outbox = Outbox(
            stream, execmodel, self._interrupts, self._connection_ended, self._hub_calls
        )
        self._output = FramedOutput(framed, self._outbox) if framed else None
        self._scheduler = (GreenScheduler if execmodel.is_green else ThreadScheduler)(execmodel)
        self._end_watch = EndWatch(self._scheduler, self._output)
        self._hello = hello
        self._sending = self._receiving = self._lending = None  # unless the master wants credit
        self._encode = encode_item  # unless it reads what is quicker
        # A master that knows of nothing better is slowed down by not reading what it sends.
        bounded = not (hello or framed)
        self._frames = self._reader = FrameReader(stream)
        if self._hub_calls is not None:
            self._frames = GreenFrames(
                self._reader, execmodel, self._hub_calls, self._end_watch.begin, bounded
            )
        self._channelfactory = ChannelFactory(self, bounded)
        self._handlers = {
            STATUS: self._on_status,
            RECONFIGURE: self._on_reconfigure,
            GATEWAY_TERMINATE: self._on_terminate,
            CHANNEL_EXEC: self._on_exec,
            CHANNEL_CLOSE: self._on_close,
            CHANNEL_CLOSE_ERROR: self._on_close_error,
            CHANNEL_LAST_MESSAGE: self._on_last_message,
        }
        self._take_items(CHANNEL_DATA)
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

    def use_signals(self):
        """Take over SIGINT. The calling thread is the main one, of a process that is ours."""
        self._interrupts.use_signals(lambda: self.ended)

    def make_ends_wait(self):
        """Have code that ends the process lose nothing by it. The process is ours."""
        make_ends_wait(self._is_written)

    def _is_written(self):
        return (self._output is None or self._output.is_empty()) and self._outbox.is_idle()

    def serve(self):
        """Serve until the connection ends; to be called by the main thread."""
        self._outbox.start()  # not before: making pipes for what is printed may fork
        if self._output is not None:
            self._output.start()
        self._thread = self._end_watch.thread = current_thread()
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
        error = EOFError("the connection to the master was lost")
        try:
            self._dispatch_all()
        except _Terminate:
            error = None
        except ProtocolError as exc:
            self._end_watch.begin()
            error = EOFError("the connection to the master was lost: %s" % exc)
            self._complain("protocol error: %s\n" % exc)
        except BaseException:
            self._end_watch.begin()
            self._complain(user_traceback(0))
        finally:
            self._connection_ended(error)
        if self._hub_calls is None:
            self._end_watch.enforce_here()

    def _dispatch_all(self):
        frames = iter(self._frames)
        if self._hello:
            self._greeted(next(frames, None))
        if self._output is not None:
            self._handlers[OUTPUT_CREDIT] = self._output.on_credit
            if self._hub_calls is not None:  # a print that waits for it may block the hub
                self._reader.urgent[OUTPUT_CREDIT] = self._output.on_credit
        handler_of = self._handlers.get
        for msgcode, channel_id, payload in frames:
            handler = handler_of(msgcode)
            if handler is None:
                if msgcode < FIRST_EXTENSION:
                    raise ProtocolError("a frame of unknown type %d" % msgcode)
                continue
            try:
                handler(channel_id, payload)
            except (ProtocolError, _Terminate):
                raise
            except Exception as exc:  # the matter of its channel at most
                text = "can't deal with what came: %r" % (exc,)
                channel = self._channelfactory.get(channel_id)
            else:
                continue
            if channel_id:
                when_there_is_memory(self._channelfactory.fail, channel_id, text)
                del channel  # not before: that would have closed it in peace
            else:
                self._complain_aside(text)

    def _greeted(self, frame):
        wanted = {} if frame is None else wanted_capabilities(frame)
        limits = wanted.get("credit")
        if limits is not None:
            self._sending = SendingCredit(
                limits[:3], self.execmodel, self._interrupts, self._outbox
            )
            self._receiving = ReceivingCredit(limits[3:], self._outbox)
            self._handlers[CREDIT] = self._on_credit
            self._lend_stream()
        if "cancel" in wanted:
            self._handlers[CANCEL] = self._on_cancel
            # Green threads have to use the sleep of their library anyway.
            if self._hub_calls is None:
                make_sleep_wake_up(self._interrupts)
        if "ping" in wanted:
            self._handlers[PING] = self._on_ping
        if "diagnose" in wanted:
            self._handlers[DIAGNOSE] = self._on_diagnose
        if "marshal" in wanted:
            self._encode = encode_marshalled
            self._take_items(MARSHAL_DATA)
            if "items" in wanted:
                self._encode = encode_quickly
                self._take_items(MARSHAL_ITEMS)
                self._take_items(BYTES_DATA)
        if self._hub_calls is not None:  # also where something keeps the hub busy
            for msgcode in {CANCEL, PING, DIAGNOSE} & set(self._handlers):
                self._reader.urgent[msgcode] = self._handlers[msgcode]

    def _lend_stream(self):
        if self._hub_calls is None and SWITCHES_AT_CALLS and CAN_TELL_READABLE:
            lending = Lending(self._stream)
            self._lending = self._reader.lending = self._interrupts.lending = lending

    def _take_items(self, msgcode):
        self._handlers[msgcode] = partial(self._channelfactory.deliver, msgcode)

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
            py2str_as_py3str, py3str_as_py2str = self._channelfactory.load_tuple(payload, 2)
        except LoadError as exc:
            if channel_id:
                self._channelfactory.fail(channel_id, "can't reconfigure: %s" % exc)
            else:
                self._complain_aside("can't reconfigure: %s" % exc)
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
        if self._channelfactory.get(channel_id) is not None:
            # (What goes on there is left alone.)
            text = dumps_internal("can't execute: channel %d is in use" % channel_id)
            self._outbox.post(CHANNEL_CLOSE_ERROR, channel_id, text)
            return
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

    def _on_credit(self, channel_id, payload):
        self._sending.credit(channel_id, self._channelfactory.get(channel_id), payload)

    def _on_cancel(self, channel_id, payload):
        channel = self._channelfactory.get(channel_id)
        execution = channel and channel._execution
        if not execution:
            return LEAVE  # it has ended, or not begun
        if self._scheduler.withdraw(execution):
            execution.refuse(CANCELLED_BEFORE)
            return None
        execution.cancelled = True  # before its channel is closed: then it tells its end
        channel._send_no_more()  # from the exception on
        self._interrupts.cancel(
            execution.target, partial(self._channelfactory.end, channel_id, True)
        )
        return None

    def _on_ping(self, channel_id, payload):
        self._outbox.post(PONG, channel_id, payload)

    def _on_diagnose(self, number, payload):
        try:
            self._outbox.post(DIAGNOSIS, number, diagnosis(self))
        except MemoryError:
            pass  # who asks learns that there is no answer; no channel has that number

    def _on_last_message(self, channel_id, payload):
        self._channelfactory.end(channel_id, False)

    # The end

    def _complain(self, text):
        try:
            sys.stderr.write("execnet worker %s: %s" % (self.id, text))
        except (AttributeError, OSError, ValueError):
            pass  # nobody listens

    def _complain_aside(self, text):
        """In no thread that receives: what is printed may wait for a frame that it has to read."""
        try:
            start_thread(self._complain, (text + "\n",))
        except (RuntimeError, MemoryError):
            pass  # there is no other thread

    def _connection_ended(self, error=None):
        self.ended = True
        self._end_watch.begin()
        self._channelfactory.end_all(error)
        self._scheduler.hold()
        self._channelfactory.finish_callbacks(self._scheduler.release)
        self._scheduler.stop()

    def outlive(self):
        """Let the process go on: it is a server's, with other connections to serve.

        The stream has been shut down, and is closed here.
        """
        _gateways.discard(self)  # a child process has nothing to close
        self._end_watch.outlive()
        self._outbox.end()
        if self._lending is not None:
            self._lending.end()
        self._interrupts.end()
        forget_sleepers(self._interrupts)
        self._channelfactory.end_callbacks()
        self._stream.close()

    def _notice_fork(self):
        """Before a wait, on Pythons that don't tell of forks (3.6): nothing comes in a child."""
        if _OWN_PID is not None and os.getpid() != _OWN_PID and not self.ended:
            self._after_fork()

    def _after_fork(self):
        """A child process has no part in this: the stream is its parent's."""
        self.ended = True
        self._outbox.abandon()
        if self._sending is not None:
            self._sending.after_fork()
        if self._output is not None:
            self._output.after_fork()
        self._channelfactory.after_fork()
        self._interrupts.after_fork()
        if self._lending is not None:
            self._lending.after_fork()
        self._stream.close()


def _after_fork_in_child():
    for gateway in list(_gateways):
        _gateways.discard(gateway)  # a child of the child may use the descriptors for others
        gateway._after_fork()


_OWN_PID = None if hasattr(os, "register_at_fork") else os.getpid()

if _OWN_PID is None:
    os.register_at_fork(after_in_child=_after_fork_in_child)
