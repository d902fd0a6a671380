import sys
if sys.version_info < (3, 6):
    sys.stderr.write(@TOO_OLD@ + "%s (%s)\n" % (sys.version.split()[0], sys.executable))
    sys.stderr.flush()
    sys.exit(78)
sys.argv = @ARGUMENTS@
worker_program = None
if @VERSION@:
    worker_forms = [sys.stdin.buffer.read(size) for size in @SIZES@]
    try:
        if sys.version == @VERSION@:
            import marshal
            worker_program = marshal.loads(worker_forms[0])
    except Exception:
        pass
    if worker_program is None:
        sys.argv.append("--compiled")
        worker_program = compile(worker_forms[1], "<execnet worker>", "exec")
    del worker_forms
else:
    worker_program = compile(@PROGRAM@, "<execnet worker>", "exec")
worker_arguments = sys.argv[1:]
exec(worker_program, globals())
