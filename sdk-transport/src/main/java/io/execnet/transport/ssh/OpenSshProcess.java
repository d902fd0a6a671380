package io.execnet.transport.ssh;

import io.execnet.core.ExitStatus;
import io.execnet.transport.shell.Signals;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The interpreter that an {@link OpenSshCommand} has started, as it tells of itself. */
public final class OpenSshProcess {

  /** ssh's own failure, as opposed to that of the command it runs. */
  public static final int SSH_FAILED = 255;

  private final OpenSshCommand command;
  private final ProcessIdScanner process = new ProcessIdScanner();
  private final NumberLine end = RemoteCommand.end();

  /** Has been started. */
  public OpenSshProcess(OpenSshCommand command) {
    this.command = command;
  }

  /** The worker's part of what came on standard output. */
  public ByteBuffer output(ByteBuffer bytes) {
    if (process.isDone()) {
      return bytes;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return ByteBuffer.wrap(process.scan(copy, copy.length));
  }

  /** The worker's part of what came on standard error. */
  public byte[] errors(byte[] bytes) {
    return end.scan(bytes, bytes.length);
  }

  /** What was held back of standard error, when that has ended. */
  public byte[] lastErrors() {
    return end.end();
  }

  /** How it ended, once its standard error tells. */
  public Optional<ExitStatus> ended() {
    return end.number().stream().mapToObj(it -> status((int) it)).findFirst();
  }

  /** The same where only the client has told: nothing is known if that has failed itself. */
  public Optional<ExitStatus> ended(ExitStatus client) {
    boolean passedOn = client.signal().isEmpty() && client.code() != SSH_FAILED;
    return ended().or(() -> Optional.of(client).filter(it -> passedOn));
  }

  private static ExitStatus status(int waited) {
    int signal = waited & 127;
    return signal == 0
        ? ExitStatus.ofCode(waited >> 8 & 255)
        : new ExitStatus(128 + signal, Signals.name(signal).orElse("signal " + signal));
  }

  /** The command that kills it, if there is something to kill. */
  public Optional<List<String>> kill() {
    return process.pid().stream().mapToObj(command::kill).findFirst();
  }
}
