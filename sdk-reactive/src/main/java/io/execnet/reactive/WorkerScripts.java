package io.execnet.reactive;

/** The Python sources that this package sends. */
final class WorkerScripts {

  static final PythonSource RINFO = PythonSource.resource(WorkerScripts.class, "rinfo.py");
  static final PythonSource SETUP = PythonSource.resource(WorkerScripts.class, "setup_worker.py");
  static final PythonSource MAP_DRIVER =
      PythonSource.resource(WorkerScripts.class, "map_driver.py");

  static final PythonSource STOCK_EXEC =
      PythonSource.resource(WorkerScripts.class, "stock_exec.py");

  static final PythonSource SEES_FILE = PythonSource.resource(WorkerScripts.class, "sees_file.py");

  private WorkerScripts() {}

  /** Reads them now, on a thread that may block, rather than when an event loop wants the first. */
  static void load() {
    // Initializing the class has read them.
  }
}
