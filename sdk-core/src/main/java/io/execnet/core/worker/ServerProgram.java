package io.execnet.core.worker;

import java.util.List;

/** The Python program of the socket server, one file that needs an interpreter and nothing else. */
public final class ServerProgram {

  private ServerProgram() {}

  /** The program, as {@code python server.py --help} explains it. */
  public static String source() {
    return Source.TEXT;
  }

  /**
   * The line that starts it in an interpreter that does {@code exec(eval(sys.stdin.readline()))}
   * and has its arguments on its own command line.
   *
   * @return ASCII text that ends with its only newline
   */
  public static String bootstrapLine() {
    return PythonLiteral.of(source(), '"') + "\n";
  }

  /** What starts, lists and stops services: a module, and a program of its own. */
  public static String serviceControl() {
    return ServiceControl.TEXT;
  }

  /**
   * The lines that make a bare interpreter do one thing with services: the program, and the source
   * of the server that it may have to start.
   *
   * @param arguments the program's command line, without its own name
   */
  public static String serviceControlLines(List<String> arguments) {
    return WorkerProgram.bootstrapLine(serviceControl(), arguments)
        + PythonLiteral.of(source(), '"')
        + "\n";
  }

  /** Joined at first use, once. */
  private static final class Source {

    static final String TEXT = ProgramSource.join("server/");

    private Source() {}
  }

  /** Read at first use, once. */
  private static final class ServiceControl {

    static final String TEXT = ProgramSource.resource("ensure_service.py");

    private ServiceControl() {}
  }
}
