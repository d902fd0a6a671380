import sys
if sys.version_info < (3, 6):
    sys.stderr.write(@TOO_OLD@ + "%s (%s)\n" % (sys.version.split()[0], sys.executable))
    sys.stderr.flush()
    sys.exit(78)
sys.argv = @ARGUMENTS@
worker_program = None
if sys.version == @VERSION@:
    try:
        import binascii, marshal
        worker_program = marshal.loads(binascii.a2b_base64('@COMPILED@'))
    except Exception:
        pass
if worker_program is None:
    if @VERSION@:
        sys.argv.append("--compiled")
    worker_program = compile(@PROGRAM@, "<execnet worker>", "exec")
worker_arguments = sys.argv[1:]
exec(worker_program, globals())
