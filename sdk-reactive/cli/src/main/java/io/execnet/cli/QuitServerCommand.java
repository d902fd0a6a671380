package io.execnet.cli;

import io.execnet.core.BootstrapException;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.socket.SocketAddresses;
import io.execnet.transport.socket.SocketTransport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code execnet quitserver}. */
@Command(
    name = "quitserver",
    sortOptions = false,
    header = "End a socket server.",
    description = {
      "",
      "It listens no more when this command ends. Connections that it serves are left to finish.",
      ""
    })
final class QuitServerCommand extends StandardCommand {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Console console;

  @Parameters(paramLabel = "HOST:PORT", description = "Where it listens.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String address;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The server's token; ~/.execnet/token unless given.")
  private @Nullable String tokenFile;

  @Option(names = "--no-token", description = "It wants none, as stock execnet's server.")
  private boolean noToken;

  @Option(names = "--tls", description = "It speaks TLS.")
  private boolean tls;

  @Option(names = "--tls-ca", paramLabel = "FILE", description = "The authority to trust for TLS.")
  private @Nullable String tlsCa;

  @Option(names = "--tls-cert", paramLabel = "FILE", description = "A certificate of ours.")
  private @Nullable String tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key.")
  private @Nullable String tlsKey;

  QuitServerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    XSpec spec;
    try {
      SocketAddresses.parse(address);
      spec = XSpec.parse(spec());
    } catch (XSpecException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
    }
    try {
      new SocketTransport().quit(spec, new TransportOptions(TIMEOUT, line -> {})).block();
      return ExitCode.OK;
    } catch (BootstrapException e) {
      console.diagnostics().failure(e);
      return ExitCode.NOT_OPENED;
    }
  }

  private String spec() {
    StringBuilder spec = new StringBuilder("socket=").append(address);
    if (!noToken) {
      spec.append("//token_file").append(tokenFile == null ? "" : "=" + tokenFile);
    }
    if (tls) {
      spec.append("//tls");
    }
    append(spec, "tls_ca", tlsCa);
    append(spec, "tls_cert", tlsCert);
    append(spec, "tls_key", tlsKey);
    return spec.toString();
  }

  private static void append(StringBuilder spec, String key, @Nullable String value) {
    if (value != null) {
      spec.append("//").append(key).append('=').append(value);
    }
  }
}
