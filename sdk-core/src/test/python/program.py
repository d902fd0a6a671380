"""The worker program as tests need it: joined as the Java side joins it, and ways to start it."""

import functools
import marshal
import os
import py_compile
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, os.pardir, os.pardir, "main", "python", "execnet_worker")
SERVER_SOURCES = os.path.join(os.path.dirname(SOURCES), "execnet_server")
VECTORS = os.path.join(HERE, os.pardir, "resources", "vectors", "serializer.tsv")

sys.path.insert(0, os.path.dirname(os.path.abspath(SOURCES)))


def parts(sources=SOURCES):
    with open(os.path.join(sources, "parts.txt")) as listing:
        return listing.read().split()


def path(part, sources=SOURCES):
    """Where a part is; one with a folder before its name is shared."""
    return os.path.join(os.path.dirname(sources) if "/" in part else sources, part)


@functools.lru_cache()
def joined(sources=SOURCES):
    texts = []
    for part in parts(sources):
        with open(path(part, sources), encoding="ascii") as source:
            texts.append(re.sub(r"(?m)^from (\.|execnet_worker\.).*\n", "", source.read()))
    return "".join(texts)


def python_path():
    """What makes the modules importable in child processes of a test."""
    return os.path.dirname(os.path.abspath(SOURCES))


_files = tempfile.TemporaryDirectory(prefix="execnet-worker-test-")


def _write(name, data):
    path = os.path.join(_files.name, name)
    with open(path, "wb") as out:
        out.write(data)
    return path


@functools.lru_cache()
def worker_file():
    return _write("worker.py", joined().encode("ascii"))


@functools.lru_cache()
def server_file():
    source = _write("server.py", joined(SERVER_SOURCES).encode("ascii"))
    return py_compile.compile(source, os.path.join(_files.name, "server.pyc"), doraise=True)


@functools.lru_cache()
def compiled_worker():
    """An expression for it: to compile it takes longer than most tests do."""
    code = compile(joined(), "<string>", "exec")
    path = _write("worker.marshal", marshal.dumps(code))
    return (
        "(lambda file: (__import__('marshal').load(file), file.close())[0])(open(%r, 'rb'))" % path
    )


LAUNCHER = """\
# Stands for a bare interpreter towards a stock master: takes the program that it sends off the
# stream, byte by byte so as to take no more, and runs ours.
import os, sys
while os.read(0, 1) not in (b"\\n", b""):
    pass
sys.argv[0] = WORKER
sys.argv = [arg for arg in sys.argv if arg not in ("-u", "-B")]
if "-c" in sys.argv:
    at = sys.argv.index("-c")
    del sys.argv[at : at + 2]
exec(PROGRAM, globals())
"""


@functools.lru_cache()
def launcher_file():
    """What a stock master may take for a Python interpreter, given as python=<it>."""
    text = LAUNCHER.replace("WORKER", repr(worker_file())).replace("PROGRAM", compiled_worker())
    return _write("launcher.py", text.encode("ascii"))
