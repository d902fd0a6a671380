import sys
if sys.version_info < (3, 6):
    sys.stderr.write(@TOO_OLD@ + "%s (%s)\n" % (sys.version.split()[0], sys.executable))
    sys.stderr.flush()
    sys.exit(78)
sys.argv = @ARGUMENTS@
worker_arguments = sys.argv[1:]
if sys.version == @VERSION@:
    import binascii, marshal
    exec(marshal.loads(binascii.a2b_base64('@COMPILED@')), globals())
else:
    exec(compile(@PROGRAM@, "<execnet worker>", "exec"), globals())
