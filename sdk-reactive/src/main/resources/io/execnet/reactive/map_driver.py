"""Runs the function of a map job; the other end is MapSlot.java."""

import inspect
import linecache
import sys
import traceback

# What a reply is about; and how many values are yielded until we wait to be told to go on.
YIELDED, RETURNED, EXHAUSTED, RAISED = range(4)
WINDOW = 16


def serve(channel, source, file_name, function_name):
    """Be one of the slots of this worker, which share what the source has defined."""
    shared = vars(channel.gateway)
    function = shared.get("map_function")
    if function is None:
        function = load(source, file_name or "<map source>", function_name)
        shared["map_function"] = function
    channel.send(None)
    for item in channel:
        try:
            answer(channel, function(item))
        except BaseException:
            if channel.isclosed():  # as it is where the item was interrupted
                return
            channel.send((RAISED, user_traceback()))


def load(source, file_name, function_name):
    # Tracebacks show source lines that linecache knows.
    linecache.cache[file_name] = (len(source), None, source.splitlines(True), file_name)
    namespace = {"__name__": "__channelexec__", "__file__": file_name}
    exec(compile(source, file_name, "exec"), namespace)
    function = namespace.get(function_name)
    if not callable(function):
        raise NameError("the source defines no function %r" % function_name)
    return function


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
