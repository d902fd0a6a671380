"""Which channels there are, and what happens to them."""

import itertools
import os
import struct
import sys
import weakref

from .callbacks import Callbacks
from .channels import NO_ENDMARKER
from .channels import Channel
from .dumping import dumps_internal
from .encoding import LIST_HEAD_SIZE
from .encoding import MOST_OF_ITEMS
from .errors import LoadError
from .errors import ProtocolError
from .errors import RemoteError
from .forked import end_forked_child
from .frames import BYTES_DATA
from .frames import CHANNEL_CLOSE
from .frames import CHANNEL_CLOSE_ERROR
from .frames import CHANNEL_DATA
from .frames import CHANNEL_LAST_MESSAGE
from .frames import MARSHAL_ITEMS
from .incoming import Incoming
from .loading import loads_internal
from .marshalling import loads_marshalled
from .memory import Lost
from .memory import when_there_is_memory
from .tracebacks import sendable_text
from .tracebacks import user_traceback

_unpack_count = struct.Struct("<i").unpack_from


def _call_of_user(function, item):
    """Call a callback; the text of the error that it ended with, or None."""
    pid = os.getpid()
    try:
        function(item)
        text = None
    except BaseException:
        text = user_traceback()
    if os.getpid() != pid:
        end_forked_child(text)
    return text


def _count_items(payload):
    """How many a MARSHAL_ITEMS has, and the bytes that they take."""
    size = max(0, len(payload) - LIST_HEAD_SIZE)
    if len(payload) > MOST_OF_ITEMS:
        raise ProtocolError("%d bytes of items in one frame" % len(payload))
    if not size or type(payload) is Lost:
        return 1, size
    count = _unpack_count(payload, 1)[0]
    if not 0 <= count <= size:
        raise ProtocolError("%d items in %d bytes" % (count, size))
    return count, size


class ChannelFactory:
    """The channels of a gateway by id.

    It holds no channel alive: one that executed code drops is closed. Callbacks are kept by
    themselves, as they go on being called after that.
    """

    def __init__(self, gateway, bounded):
        self._gateway = gateway
        self._calls = Callbacks(gateway.execmodel, bounded)
        self._channels = {}  # id to weakref; single operations on dicts are atomic
        self._ids = itertools.count(2, 2)
        self._ended = False
        self.callbacks = {}

    def new(self, channel_id=None, received=False):
        """A channel of our own numbering, or the one of that id, made if it is not there."""
        if channel_id is None:
            channel_id = next(self._ids)
        else:
            channel = self.get(channel_id)
            if channel is not None:
                return channel
        channel = Channel(self._gateway, channel_id, received)
        self._channels[channel_id] = weakref.ref(channel)
        if self._ended:  # asked last: who ends all channels does not wait for this one
            self._channels.pop(channel_id, None)
            channel._end(True)
        return channel

    def get(self, channel_id):
        ref = self._channels.get(channel_id)
        return None if ref is None else ref()

    def channels(self):
        """The channels that are open."""
        found = [ref() for ref in list(self._channels.values())]
        return [channel for channel in found if channel is not None]

    def load(self, payload, strconfig, msgcode=CHANNEL_DATA):
        try:
            if type(payload) is not Lost:
                if msgcode == BYTES_DATA:
                    return payload
                if msgcode != CHANNEL_DATA:
                    value = loads_marshalled(payload)
                    if not strconfig[1]:  # the one that is for what is str here
                        return value
                    payload = dumps_internal(value)
                return loads_internal(payload, self._channel_in_payload, *strconfig)
        except MemoryError:
            pass
        raise LoadError("MemoryError: there is too little memory for its %d bytes" % len(payload))

    def _channel_in_payload(self, channel_id):
        if channel_id <= 0:
            raise LoadError("there is no channel of id %d" % channel_id)
        return self.new(channel_id, True)

    def load_tuple(self, payload, size):
        """What such a frame has to hold. (A channel could be unpacked too, and waits for items.)"""
        value = self.load(payload, (True, False))
        if type(value) is not tuple or len(value) != size:
            raise LoadError("that is no tuple of %d" % size)
        return value

    def deliver(self, msgcode, channel_id, payload):
        """An item came in, or several in one frame."""
        count, size = 1, len(payload)
        if msgcode == MARSHAL_ITEMS:
            count, size = _count_items(payload)
        channel = self.get(channel_id)
        entry = self.callbacks.get(channel_id)
        receiver = entry or channel
        receiving = self._gateway._receiving
        if receiving is not None:
            incoming = receiver._incoming if receiver else Incoming(channel_id)
            receiving.admit(incoming, count, size)
        taken_in = False  # where it was closed here while this was on its way, or is now
        if receiver is not None:
            error = None
            try:
                items = self.load(payload, receiver._strconfig, msgcode)
                if msgcode != MARSHAL_ITEMS:
                    items = (items,)
                elif type(items) is not list:
                    raise LoadError("items that are in no list")
                if channel is None or (entry is not None and channel._callback is not entry):
                    taken_in = self.put_for_callback(channel_id, items, size)
                else:
                    taken_in = channel._put(items, size)
            except Exception as exc:  # whatever it is, it is the matter of this channel alone
                error = exc if str(exc) else repr(exc)
                error = "can't load what came for channel %d: %s" % (channel_id, error)
            if error is not None:
                when_there_is_memory(self.fail, channel_id, error)
            elif entry is not None:
                self._calls.wait_for_room()
        if receiving is not None and not taken_in:
            receiving.drop(channel_id, count, size)

    # Callbacks

    def start_callbacks(self):
        self._calls.start()

    def put_for_callback(self, channel_id, items, size):
        entry = self.callbacks.get(channel_id)
        if entry is None:
            return False
        entry._incoming.put(items, size)
        if self._gateway._receiving is not None:
            when_there_is_memory(self._gateway._receiving.counted, entry._incoming)
        self.queue_calls(channel_id, entry, len(items), size)
        return True

    def queue_calls(self, channel_id, entry, count, size):
        """Have the callback called with the next items; they are of so many bytes together."""
        for _ in range(count):
            self._calls.add(size // count, self._call, channel_id, entry)

    def queue_end(self, channel_id, channel, error):
        """Nothing more comes for the callback of that id, if there is one."""
        entry = self.callbacks.pop(channel_id, None)
        if entry is not None:
            ref = None if channel is None else weakref.ref(channel)
            if channel is not None and channel._incoming is entry._incoming:
                channel._ended = False  # until they were called
            self._calls.add(0, self._call_end, entry, ref, error)
            if self._gateway._receiving is not None:
                self._gateway._receiving.ended(entry._incoming)

    def end_callbacks(self):
        self._calls.end()

    def finish_callbacks(self, function):
        """Call function when all that is due was called."""
        self._calls.finish(function)

    def _call(self, channel_id, entry):
        items = entry._incoming.queue
        if items and entry.error is None:
            self._calls.begin(entry._incoming)
            text = _call_of_user(entry.function, items[0])
            if text is None:
                items.popleft()
            else:
                entry.error = RemoteError(text)
                when_there_is_memory(self.fail, channel_id, text)
        if entry.error is not None:
            items.clear()
        if self._gateway._receiving is not None:
            when_there_is_memory(self._gateway._receiving.look, entry._incoming)

    def _call_end(self, entry, channel_ref, error):
        text = None
        while entry._incoming.queue:  # who has set it may not be through with queueing calls
            self._call(entry._incoming.channel_id, entry)
        if entry.endmarker is not NO_ENDMARKER:
            self._calls.begin(entry._incoming)
            text = _call_of_user(entry.function, entry.endmarker)
        entry.over = True
        channel = channel_ref and channel_ref()
        if channel is not None:
            if text is not None:
                error = error or RemoteError(text)
                if channel._end(True):  # it was open for sending until now
                    when_there_is_memory(self.fail, channel.id, text)
                    text = None
            channel._receive_no_more(entry.error or error)
        if text is not None:  # there is nobody else to tell
            sys.stderr.write(text)

    # The end of channels

    def end(self, channel_id, closed, error=None):
        """The other side sends nothing more on this channel."""
        channel = self.get(channel_id)
        if channel is not None:
            channel._end(closed, error)
        self.queue_end(channel_id, channel, error)
        if closed:
            self._channels.pop(channel_id, None)

    def fail(self, channel_id, text):
        """Close one channel with an error on both sides, and nothing else."""
        self._gateway._outbox.post(CHANNEL_CLOSE_ERROR, channel_id, dumps_internal(text))
        self.end(channel_id, True, RemoteError(text))

    def close(self, channel, error=None):
        """Close from this side."""
        if channel._end(True):
            self.announce_close(channel.id, error)

    def announce_close(self, channel_id, error):
        self.end(channel_id, True)
        if error is None:
            self._gateway._outbox.send(CHANNEL_CLOSE, channel_id)
        else:
            payload = dumps_internal(sendable_text(str(error)))
            self._gateway._outbox.send(CHANNEL_CLOSE_ERROR, channel_id, payload)

    def collected(self, channel):
        """From a finalizer, which may interrupt any thread anywhere: so it takes no lock."""
        if self._ended:
            return
        if channel._callback is None:
            channel._items.clear()
            if self._gateway._receiving is not None:
                self._gateway._receiving.ended(channel._incoming)
        if channel._closed or self._channels.pop(channel.id, None) is None:
            return
        # The entry is the callback's where one was set: its items still arrive.
        message = CHANNEL_CLOSE if channel._callback is None else CHANNEL_LAST_MESSAGE
        self._gateway._outbox.post(message, channel.id)

    def end_all(self, error=None):
        """The connection is over."""
        self._ended = True
        for channel_id in set(self._channels) | set(self.callbacks):
            self.end(channel_id, True, error)

    def after_fork(self):
        self._ended = True
        for channel in self.channels():
            channel._after_fork()
        self._channels.clear()
        self.callbacks.clear()
        self._calls.after_fork()
