package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** The OpenSSH client with commands that only move bytes: no gateway over SSH can be faster. */
final class SshClient implements Contender {

  private static final int BLOCK = 64 << 10;

  private final String name;
  private final List<String> arguments;

  SshClient(String name, List<String> arguments) {
    this.name = name;
    this.arguments = arguments;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean does(Workload workload) {
    return switch (workload.kind()) {
      case UPLOAD, DOWNLOAD, ROUND_TRIP, OPEN -> true;
      case TAIL, PIPELINE, EXEC, EXEC_64, START -> false;
    };
  }

  @Override
  public double seconds(Workload workload) throws IOException, InterruptedException {
    long bytes = workload.bytes();
    return switch (workload.kind()) {
      case UPLOAD -> timed("cat > /dev/null", (in, out) -> upload(out, bytes));
      case DOWNLOAD ->
          timed(
              "dd if=/dev/zero bs=64k iflag=count_bytes status=none count=" + bytes,
              (in, out) -> download(in));
      case ROUND_TRIP -> timed("cat", (in, out) -> roundTrips(in, out, workload.count()));
      case OPEN -> open(workload.count());
      case TAIL, PIPELINE, EXEC, EXEC_64, START ->
          throw new IllegalArgumentException(workload.title());
    };
  }

  /** The time from the connection being there to the end of the command. */
  private double timed(String command, Transfer transfer) throws IOException, InterruptedException {
    Process ssh = start("echo; read go; " + command);
    long begin;
    try (OutputStream out = ssh.getOutputStream();
        InputStream in = ssh.getInputStream()) {
      in.read();
      begin = System.nanoTime();
      out.write('\n');
      out.flush();
      transfer.run(in, out);
    }
    end(ssh);
    return (System.nanoTime() - begin) / 1e9;
  }

  private interface Transfer {
    void run(InputStream in, OutputStream out) throws IOException;
  }

  private static void upload(OutputStream out, long bytes) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long left = bytes; left > 0; left -= block.length) {
      out.write(block, 0, (int) Math.min(left, block.length));
    }
  }

  private static void download(InputStream in) throws IOException {
    byte[] block = new byte[BLOCK];
    while (in.read(block) >= 0) {}
  }

  private static void roundTrips(InputStream in, OutputStream out, int count) throws IOException {
    byte[] item = new byte[Workload.INT_FRAME];
    for (int i = 0; i < count; i++) {
      out.write(item);
      out.flush();
      in.readNBytes(item, 0, item.length);
    }
  }

  private double open(int count) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      end(start("true"));
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private Process start(String command) throws IOException {
    List<String> words = new ArrayList<>(List.of("ssh"));
    words.addAll(arguments);
    words.add(command);
    return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void end(Process ssh) throws InterruptedException, IOException {
    int status = ssh.waitFor();
    if (status != 0) {
      throw new IOException("ssh ended with " + status);
    }
  }

  @Override
  public void close() {}
}
