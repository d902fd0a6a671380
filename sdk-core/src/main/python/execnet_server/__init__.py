"""The socket server, for python server.py: one program, joined like the worker's.

parts.txt lists the files in order. Lines that begin with "from ." or "from execnet_worker." are
dropped, so the same rules hold: one line each, no renames, no name defined twice.
"""
