"""Runs the function of a map job; the other end is MapSlot.java."""

import inspect
import linecache
import sys
import traceback

# What a reply is about; and how many values are yielded until we wait to be told to go on.
YIELDED, RETURNED, EXHAUSTED, RAISED = range(4)
WINDOW = 16


def serve_slots(channel, source, file_name, function_name, slots):
    function = load(source, file_name or "<map source>", function_name)
    gateway = channel.gateway
    ends = [gateway.newchannel() for _ in range(slots)]
    for end in ends:
        channel.send(end)
    for end in ends[1:]:
        gateway.execmodel.start(serve, (end, function))
    serve(ends[0], function)


def load(source, file_name, function_name):
    # Tracebacks show source lines that linecache knows.
    linecache.cache[file_name] = (len(source), None, source.splitlines(True), file_name)
    namespace = {"__name__": "__channelexec__", "__file__": file_name}
    exec(compile(source, file_name, "exec"), namespace)
    function = namespace.get(function_name)
    if not callable(function):
        raise NameError("the source defines no function %r" % function_name)
    return function


def serve(slot, function):
    for item in slot:
        try:
            answer(slot, function(item))
        except BaseException:
            if slot.isclosed():
                return
            slot.send((RAISED, user_traceback()))


def answer(slot, result):
    if not inspect.isgenerator(result):
        slot.send((RETURNED, result))
        return
    for count, value in enumerate(result, 1):
        slot.send((YIELDED, value))
        if count % WINDOW == 0:
            slot.receive()
    slot.send((EXHAUSTED, None))


def user_traceback():
    """The traceback from the user's own code on; ours is no help to them."""
    kind, error, trace = sys.exc_info()
    start = trace
    while start is not None and start.tb_frame.f_globals is globals():
        start = start.tb_next
    return "".join(traceback.format_exception(kind, error, start or trace))
