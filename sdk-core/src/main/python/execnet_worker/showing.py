"""Sources that tracebacks show, though they are in no file here."""

import sys

from .native import new_lock

_NAMELESS = "<remote exec>"


class ShownSources:
    """Lets tracebacks show lines of sources while they run."""

    def __init__(self):
        self._lock = new_lock()
        self._shown = {}  # file name to [source, executions, the linecache entry it replaced]
        self._cache = None  # linecache's, as soon as that is there

    def show(self, file_name, source, number):
        """The name to compile by: the one asked for, unless that shows another source now."""
        file_name = file_name or _NAMELESS
        with self._lock:
            shown = self._shown.get(file_name)
            if shown is not None and shown[0] != source:
                if file_name != _NAMELESS:
                    return file_name
                file_name = "<remote exec %d>" % number
                shown = self._shown.get(file_name)
            if shown is None:
                shown = self._shown[file_name] = [source, 0, None]
                self._enter(file_name, shown)
            shown[1] += 1
        return file_name

    def forget(self, file_name, source):
        with self._lock:
            shown = self._shown.get(file_name)
            if shown is None or shown[0] != source:
                return
            shown[1] -= 1
            if shown[1]:
                return
            del self._shown[file_name]
            if self._cache is not None:
                self._cache.pop(file_name, None)
                if shown[2] is not None:
                    self._cache[file_name] = shown[2]

    def use(self, cache):
        """From now on that is linecache's."""
        with self._lock:
            if self._cache is not cache:
                self._cache = cache
                for file_name, shown in self._shown.items():
                    self._enter(file_name, shown)

    def line(self, file_name, number):
        """A line that is in memory: to read a file might take for ever. None if it is not."""
        shown = self._shown.get(file_name)
        if shown is not None:
            lines = shown[0].splitlines()
        elif self._cache is not None and len(self._cache.get(file_name, ())) > 2:
            lines = self._cache[file_name][2]
        else:
            return None
        return lines[number - 1].strip() if number and 0 < number <= len(lines) else None

    def _enter(self, file_name, shown):
        if self._cache is not None:
            shown[2] = self._cache.get(file_name)
            lines = [line + "\n" for line in shown[0].splitlines()]
            # Without a modification time linecache doesn't look for a file of that name.
            self._cache[file_name] = (len(shown[0]), None, lines, file_name)


shown_sources = ShownSources()


class _LateLinecache(type(sys)):
    """Stands for linecache until it is used: few use it, and its import takes a worker long."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)  # which the import system asks for
        return getattr(_linecache(), name)

    def __setattr__(self, name, value):
        setattr(_linecache(), name, value)


def _linecache():
    if isinstance(sys.modules.get("linecache"), _LateLinecache):
        del sys.modules["linecache"]
    import linecache

    shown_sources.use(linecache.cache)
    return linecache


def show_in_tracebacks():
    """Has linecache know those sources, as soon as there is one."""
    if "linecache" in sys.modules:
        _linecache()
    else:
        sys.modules["linecache"] = _LateLinecache("linecache")
