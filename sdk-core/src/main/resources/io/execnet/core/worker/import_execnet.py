# Starts the execnet that is installed in this interpreter, on the same streams as our own worker.
import os, socket, sys

try:
    from execnet.gateway_base import get_execmodel, init_popen_io, serve
except ImportError:
    why = @NO_EXECNET@ + "%s (%s)\n" % (sys.exc_info()[1], sys.executable)
    if "clientsock" in globals():
        clientsock.sendall(why.encode())
        clientsock.close()
    else:
        sys.stderr.write(why)
        sys.stderr.flush()
    sys.exit(78)


def connect_back(path):
    made = []
    try:
        for tag in (b"P", b"O", b"E"):
            made.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            made[-1].connect(path)
            made[-1].sendall(tag)
    except Exception:
        for one in made:
            one.close()
        return None
    return made


def serve_socket(clientsock, execmodel):
    from execnet.gateway_socket import SocketIO

    clientsock.sendall(@ANSWER@.encode())
    serve(SocketIO(clientsock, execmodel), id=@ID@)


def serve_streams(socket_path):
    sockets = None
    if socket_path is not None:
        sockets = connect_back(socket_path)
    if sockets is not None:
        protocol, output, errors = sockets
        os.dup2(protocol.fileno(), 0)
        os.dup2(protocol.fileno(), 1)
        os.dup2(errors.fileno(), 2)
        protocol.close()
        errors.close()
    os.write(1, @ANSWER@.encode())
    streams = init_popen_io(get_execmodel(@EXECMODEL@))
    if sockets is not None:
        os.dup2(output.fileno(), 1)
        output.close()
    serve(streams, id=@ID@)


if "clientsock" in globals():
    serve_socket(globals()["clientsock"], get_execmodel(@EXECMODEL@))
else:
    serve_streams(@SOCKET_PATH@)
