"""Modules of the library that take long to import: imported when they are needed first.

Those are the modules that would have been imported at the start, whatever executed code has made
of the path or the current folder until then.
"""

import sys
from _frozen_importlib_external import PathFinder

from .native import current_thread

_ModuleType = type(sys)
_OLD_PATH = [each for each in sys.path if each]  # an empty one is the current folder


class _FinderOnOldPath:
    """Looks where modules were at the start, for threads that are importing one of ours."""

    def __init__(self):
        self.threads = []

    def find_spec(self, name, path=None, target=None):
        if path is None and current_thread() in self.threads:
            return PathFinder.find_spec(name, _OLD_PATH)
        return None


_finder = _FinderOnOldPath()


def late_import(name):
    """Wait for it too, where another thread imports it."""
    if _finder not in sys.meta_path:  # and then for good: others may be going through that list
        sys.meta_path.insert(0, _finder)
    thread = current_thread()
    try:
        _finder.threads.append(thread)
        return __import__(name)
    finally:
        if thread in _finder.threads:
            _finder.threads.remove(thread)


class _LateModule(_ModuleType):
    def __getattr__(self, name):
        return getattr(late_import(self.__name__), name)


def _import_linecache():
    """Without tokenize, which takes ten times as long, and with which it only opens files."""
    apart = "tokenize" not in sys.modules and "clientsock" not in globals()  # no other threads
    if apart:
        sys.modules["tokenize"] = _LateModule("tokenize")
    try:
        import linecache

        return linecache
    finally:
        if apart:
            del sys.modules["tokenize"]


line_cache = _import_linecache()
