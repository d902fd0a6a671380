"""The entry: python server.py [[HOST:]PORT] [options]"""

import argparse
import os
import sys

from .listening import DEFAULT_PORT
from .listening import Server
from .listening import Settings
from .listening import listen
from .listening import non_local
from .listening import parse_address
from .listening import show_address
from .refusals import log
from .services import serve_service
from .tls import tls_context
from .tokens import TokenError
from .tokens import default_token
from .tokens import read_token


def _seconds(text):
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError
    return value


def _count(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


_seconds.__name__ = "number of seconds"  # for messages
_count.__name__ = "positive number"


def _server_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="execnet socketserver",
        description="Executes what authenticated clients send, each in a process of its own.",
    )
    parser.add_argument("address", nargs="?", default=str(DEFAULT_PORT), metavar="[HOST:]PORT")
    parser.add_argument("--once", action="store_true", help="end after the first connection")
    parser.add_argument("--token-file", metavar="FILE", help="default: ~/.execnet/token")
    parser.add_argument("--no-token", action="store_true", help="serve whoever connects")
    parser.add_argument("--auth-timeout", type=_seconds, default=10.0, metavar="SECONDS")
    parser.add_argument(
        "--keep-alive",
        type=_seconds,
        default=120.0,
        metavar="SECONDS",
        help="a client that is silent for so long, when asked, is gone",
    )
    parser.add_argument("--in-process", action="store_true", help="use threads")
    parser.add_argument("--tls-cert", metavar="FILE")
    parser.add_argument("--tls-key", metavar="FILE")
    parser.add_argument("--tls-client-ca", metavar="FILE", help="clients need a certificate of it")
    parser.add_argument("--max-connections", type=_count, default=0, metavar="N")
    parser.add_argument("--until-eof", action="store_true", help="end with the standard input")
    parser.add_argument("--service", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        options.host, options.port = parse_address(options.address)
    except ValueError as exc:
        parser.error("%s: %s" % (options.address, exc))
    if options.no_token and options.token_file:
        parser.error("--token-file and --no-token exclude each other")
    if bool(options.tls_cert) != bool(options.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    if options.tls_client_ca and not options.tls_cert:
        parser.error("--tls-client-ca needs --tls-cert and --tls-key")
    return options


def _server_settings(options):
    tls = token = None
    if options.tls_cert:
        try:
            tls = tls_context(options.tls_cert, options.tls_key, options.tls_client_ca)
        except (OSError, ValueError) as exc:
            sys.exit("execnet socketserver: can't use the TLS certificates: %s" % exc)
    try:
        if options.token_file:
            token = read_token(options.token_file)
        elif not options.no_token:
            token, path = default_token()
            log("clients need the token in %s" % path)
    except TokenError as exc:
        sys.exit("execnet socketserver: %s" % exc)
    settings = Settings(token, tls, options.auth_timeout)
    settings.once = options.once
    settings.keep_alive = options.keep_alive
    settings.in_process = settings.in_process or options.in_process
    settings.max_connections = options.max_connections
    return settings


def _announce(address):
    """The one line on standard output; what executed code prints there goes to the log."""
    sys.stdout.write(address + "\n")
    sys.stdout.flush()
    os.dup2(2, 1)


def _take_input(wanted):
    """The standard input, where it is watched; executed code finds an empty one."""
    lifeline = os.dup(0) if wanted else None
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)
    return lifeline


def server_main():
    options = _server_arguments(sys.argv[1:])
    if options.service:
        serve_service(options.port, options.auth_timeout)
        return
    settings = _server_settings(options)
    try:
        listener = listen(options.host, options.port)
    except OSError as exc:
        sys.exit("execnet socketserver: can't listen on %s: %s" % (options.address, exc.strerror))
    if non_local(listener) and settings.tls is None:
        log("there is no TLS: who is on the network's way can read and change what goes over it")
    if settings.token is None:
        log("serves whoever connects (--no-token)")
    lifeline = _take_input(options.until_eof)
    _announce(show_address(listener.getsockname()))
    status = Server(listener, settings, lifeline).run()
    if settings.in_process:
        os._exit(status)  # whatever its threads are at
    sys.exit(status)


if __name__ == "__main__":
    server_main()
