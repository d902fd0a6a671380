"""Threads and locks of the system, whatever executed code patches."""

import _thread

new_lock = _thread.allocate_lock
start_thread = _thread.start_new_thread
current_thread = _thread.get_ident


def ring(bell):
    """Wake up who acquires this lock, now or next."""
    try:
        bell.release()
    except RuntimeError:
        pass  # it rings already
