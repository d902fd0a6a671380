package io.execnet.transport.socket;

import io.execnet.testing.Command;
import io.execnet.testing.Prerequisites;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Certificates of an authority, and of another that nobody trusts; for localhost. */
public final class Certificates {

  private static final String NEW_KEY =
      " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout %1$s.key -subj /CN=%1$s";

  private Certificates() {}

  /** Starts a server that has one, and has the others beside it. */
  public static ServerUnderTest startServer(String... arguments) {
    return startServer(List.of(), "127.0.0.1", arguments);
  }

  /** The same on another address than the one that the certificate is for. */
  static ServerUnderTest startServerAt(String host, String... arguments) {
    return startServer(List.of(), host, arguments);
  }

  /** The same, started by a command of its own. */
  public static ServerUnderTest startServerBy(List<String> prefix, String... arguments) {
    return startServer(prefix, "127.0.0.1", arguments);
  }

  private static ServerUnderTest startServer(
      List<String> prefix, String host, String... arguments) {
    Path folder = ServerUnderTest.newFolder();
    make(folder);
    List<String> all =
        new ArrayList<>(List.of("--tls-cert", "server.pem", "--tls-key", "server.key"));
    all.addAll(List.of(arguments));
    return ServerUnderTest.start(folder, prefix, host + ":0", all.toArray(String[]::new));
  }

  private static void make(Path folder) {
    Prerequisites.require(
        Command.run(Duration.ofSeconds(10), "openssl", "version").status() == 0,
        "apt-get install openssl");
    try {
      Files.writeString(
          folder.resolve("names"),
          "subjectAltName=DNS:localhost,IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String authority : List.of("ca", "other-ca")) {
      openssl(
          folder,
          "req -x509 -days 30 -addext keyUsage=critical,keyCertSign -out %1$s.pem" + NEW_KEY,
          authority);
    }
    certify(folder, "server", "ca");
    certify(folder, "client", "ca");
    certify(folder, "stranger", "other-ca");
  }

  private static void certify(Path folder, String name, String authority) {
    openssl(folder, "req -out %1$s.csr" + NEW_KEY, name);
    openssl(
        folder,
        "x509 -req -days 30 -extfile names -CAcreateserial -in %1$s.csr -out %1$s.pem"
            + " -CA %2$s.pem -CAkey %2$s.key",
        name,
        authority);
  }

  private static void openssl(Path folder, String command, Object... names) {
    String line = "cd " + folder + " && openssl " + String.format(command, names);
    Command.Result result = Command.run(Duration.ofSeconds(30), "sh", "-c", line);
    if (result.status() != 0) {
      throw new IllegalStateException(line + ": " + result.output());
    }
  }
}
