"""Which channels there are, and what happens to them."""

import itertools
import sys
import traceback
import weakref

from .channels import NO_ENDMARKER
from .channels import Channel
from .dumping import dumps_internal
from .errors import LoadError
from .errors import RemoteError
from .frames import CHANNEL_CLOSE
from .frames import CHANNEL_CLOSE_ERROR
from .frames import CHANNEL_LAST_MESSAGE
from .loading import loads_internal


def user_traceback(frames_to_skip=1):
    """The current exception as text, beginning where the user's code does."""
    kind, value, trace = sys.exc_info()
    for _ in range(frames_to_skip):
        trace = trace and trace.tb_next
    text = "".join(traceback.format_exception(kind, value, trace))
    return _sendable(text)


def _sendable(text):
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class ChannelFactory:
    """The channels of a gateway by id.

    It holds no channel alive: one that executed code drops is closed. Callbacks are kept by
    themselves, as they go on being called after that.
    """

    def __init__(self, gateway):
        self._gateway = gateway
        self._channels = {}  # id to weakref; single operations on dicts are atomic
        self._ids = itertools.count(2, 2)
        self._ended = False
        self.callbacks = {}

    def new(self, channel_id=None):
        """A channel of our own numbering, or the one of that id, made if it is not there."""
        if channel_id is None:
            channel_id = next(self._ids)
        else:
            channel = self.get(channel_id)
            if channel is not None:
                return channel
        channel = Channel(self._gateway, channel_id)
        if self._ended:
            channel._end(True)
        else:
            self._channels[channel_id] = weakref.ref(channel)
        return channel

    def get(self, channel_id):
        ref = self._channels.get(channel_id)
        return None if ref is None else ref()

    def channels(self):
        """The channels that are open."""
        found = [ref() for ref in list(self._channels.values())]
        return [channel for channel in found if channel is not None]

    def load(self, payload, strconfig):
        return loads_internal(payload, self._channel_in_payload, *strconfig)

    def _channel_in_payload(self, channel_id):
        if channel_id <= 0:
            raise LoadError("there is no channel of id %d" % channel_id)
        return self.new(channel_id)

    def deliver(self, channel_id, payload):
        """An item came in."""
        entry = self.callbacks.get(channel_id)
        channel = self.get(channel_id)
        if entry is None and channel is None:
            return  # dropped: it was closed here while this was on its way
        try:
            item = self.load(payload, (entry or channel)._strconfig)
        except LoadError as exc:
            self.fail(channel_id, "can't load what came for channel %d: %s" % (channel_id, exc))
            return
        if entry is None:
            if channel._put(item):
                return
            entry = self.callbacks.get(channel_id)
        if entry is not None:
            self.call(channel_id, entry, item)

    def call(self, channel_id, entry, item):
        """Hand an item to a callback; whether that went well."""
        try:
            entry.function(item)
        except BaseException:
            self.fail(channel_id, user_traceback(), entry)
            return False
        return True

    def call_end(self, entry):
        if entry.endmarker is NO_ENDMARKER:
            return
        try:
            entry.function(entry.endmarker)
        except BaseException:  # the channel has ended: there is nobody to tell
            sys.stderr.write(user_traceback())

    def end(self, channel_id, closed, error=None):
        """The other side sends nothing more on this channel."""
        channel = self.get(channel_id)
        if channel is not None:
            channel._end(closed, error)
        entry = self.callbacks.pop(channel_id, None)
        if closed:
            self._channels.pop(channel_id, None)
        if entry is not None:
            self.call_end(entry)

    def fail(self, channel_id, text, entry=None):
        """Close one channel with an error on both sides, and nothing else."""
        self._gateway._outbox.post(CHANNEL_CLOSE_ERROR, channel_id, dumps_internal(text))
        if entry is not None:
            self.callbacks.setdefault(channel_id, entry)  # for its endmarker
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
            payload = dumps_internal(_sendable(str(error)))
            self._gateway._outbox.send(CHANNEL_CLOSE_ERROR, channel_id, payload)

    def collected(self, channel):
        """From a finalizer, which may interrupt any thread anywhere: so it takes no lock."""
        ref = self._channels.pop(channel.id, None)
        if ref is None or self._ended:
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
