package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.util.List;
import py4j.ClientServer;

/** Py4J, with threads of Java that call Python. */
final class Py4jPeer extends CallPeer {

  private static final String PROGRAM =
      """
      import signal
      from py4j.clientserver import ClientServer, JavaParameters, PythonParameters

      class Echo:
          def call(self, argument):
              return argument

          class Java:
              implements = ["io.execnet.benchmarks.transport.Py4jPeer$Echo"]

      server = ClientServer(JavaParameters(), PythonParameters(port=0), Echo())
      print(server.get_callback_server().get_listening_port(), flush=True)
      signal.pause()
      """;

  private final ClientServer client;
  private final Echo echo;

  /** What the Python side implements. */
  public interface Echo {

    /** Gives back the argument. */
    long call(long argument);
  }

  Py4jPeer(String python) throws IOException {
    super("Py4J", List.of(python, "-c", PROGRAM));
    client =
        new ClientServer.ClientServerBuilder(new Object()).javaPort(0).pythonPort(port).build();
    echo = (Echo) client.getPythonServerEntryPoint(new Class<?>[] {Echo.class});
  }

  @Override
  long call(long argument) {
    return echo.call(argument);
  }

  @Override
  public void close() throws IOException {
    client.shutdown();
    super.close();
  }
}
