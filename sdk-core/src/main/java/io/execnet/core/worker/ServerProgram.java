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

  /**
   * The line that makes a bare interpreter serve one connection and end then, or with its standard
   * input. It writes the answer and right behind it, on the same line, the address.
   *
   * @param token what the client has to know
   * @param port 0 for any that is free
   */
  public static String installedLine(String token, String answer, String host, int port) {
    String program =
        ProgramSource.resource("installed_server.py")
            .replace("@SOURCE@", PythonLiteral.of(source(), '\''));
    return WorkerProgram.bootstrapLine(program, List.of(token, answer, host, "" + port));
  }

  /**
   * The lines that make a bare interpreter do one thing with services: the program, and the source
   * of the server that it may have to start.
   *
   * @param arguments the program's command line, without its own name
   */
  public static String serviceControlLines(List<String> arguments) {
    return WorkerProgram.bootstrapLine(ServiceControl.TEXT, arguments)
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
