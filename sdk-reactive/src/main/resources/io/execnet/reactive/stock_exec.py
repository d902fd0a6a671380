"""Runs code on a stock worker, and tells on a channel of its own when it has ended.

A stock worker that has got CHANNEL_LAST_MESSAGE takes its channel for deleted on the other side and
sends neither CHANNEL_CLOSE nor CHANNEL_CLOSE_ERROR when the code ends; StockExecution.java reads this.
"""

import sys
import traceback


def run(channel, source, file_name, function_name, kwargs):
    # The first item; a stock worker reads no channels in the keyword arguments.
    end = channel.receive()
    namespace = {"channel": channel, "__name__": "__channelexec__"}
    try:
        exec(compile(source + "\n", file_name or "<remote exec>", "exec"), namespace)
        if function_name:
            namespace[function_name](channel, **kwargs)
    except EOFError:
        raise
    except BaseException:
        kind, error, trace = sys.exc_info()
        while trace.tb_next is not None and trace.tb_frame.f_globals is globals():
            trace = trace.tb_next
        end.send("".join(traceback.format_exception(kind, error, trace)))
        raise
    finally:
        end.close()
