"""The program that a master sends to a bare Python interpreter.

The files that parts.txt lists are joined, in that order, into one program: lines that begin with
"from ." are dropped, so imports between these modules are one line each, with no renames, and no
two modules define the same name. Tests check both.
"""
