# Serves one connection, for the gateway whose worker has started this process.
import sys

names = {"__name__": "execnet_server"}
exec(compile(@SOURCE@, "<execnet server>", "exec"), names)

token, answer, host, port = sys.argv[1:]
settings = names["Settings"](token)
settings.once = True
try:
    listener = names["listen"](host, int(port))
except OSError as exc:
    sys.exit("execnet socketserver: can't listen on %s:%s: %s" % (host, port, exc.strerror))
lifeline = names["_take_input"](True)
sys.stdout.write(answer)
names["_announce"](names["show_address"](listener.getsockname()))
names["Server"](listener, settings, lifeline).run()
