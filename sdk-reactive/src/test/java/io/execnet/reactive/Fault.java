package io.execnet.reactive;

import io.execnet.core.ExitStatus;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a worker, as code that does it there, and what its master sees. */
enum Fault {
  KILLED("os.kill(os.getpid(), signal.SIGKILL)", new ExitStatus(137, "SIGKILL")),
  TERMINATED("os.kill(os.getpid(), signal.SIGTERM)", new ExitStatus(143, "SIGTERM")),
  STOPPED("os.kill(os.getpid(), signal.SIGSTOP)", new ExitStatus(137, "SIGKILL")),
  EXITED("os._exit(3)", ExitStatus.ofCode(3)),
  CLOSED_DESCRIPTORS("os.closerange(0, 256)\nchannel.send('to nobody')", ExitStatus.ofCode(0)),
  TRUNCATED_FRAME("write(4, 1, 100, b'not a hundred')\nos._exit(5)", ExitStatus.ofCode(5)),
  DISCONNECTED(
      """
      import ctypes, socket
      fd = stream._write_fd
      if ctypes.CDLL(None).connect(fd, bytes(16), 16):  # which resets a TCP connection
          socket.socket(fileno=os.dup(fd)).shutdown(2)""",
      ExitStatus.ofCode(0)),
  DEAF(
      """
      import select, socket
      def read_no_more(size):
          fd = stream.read_fd
          sock = socket.socket(fileno=os.dup(fd)) if fd == stream._write_fd else None
          tcp = sock and sock.family != socket.AF_UNIX
          served = tcp or (sock and not sock.getpeername())  # so that nobody can kill it
          if sock:
              sock.shutdown(socket.SHUT_RD)
          else:
              os.dup2(os.open(os.devnull, os.O_RDONLY), fd)
          channel.send('deaf')
          poll = select.poll()
          poll.register(stream._write_fd, 0)
          while not (poll.poll(50) and served):  # until the master is gone
              if tcp and sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != 1:
                  break  # it is no longer established
          return b''
      stream.read_chunk = read_no_more
      channel.send('going deaf')""",
      "lost: the connection broke: "),
  GARBAGE("stream.write_all([b'garbage\\n' * 100])", "ProtocolLimits.maxPayload"),
  NEGATIVE_LENGTH("write(4, 1, -5)", "length -5"),
  LYING_LENGTH("write(4, 99999, 0x7fffffff)", "has not answered"),
  LYING_LENGTH_WITHIN_LIMITS("write(4, 99999, 100000)", "has not answered"),
  UNKNOWN_TYPE("write(9, 1, 0)", "no message type 9"),
  UNKNOWN_EXTENSION("write(127, 1, 4, b'more')"),
  UNKNOWN_CHANNEL("write(5, 99999, 0)\nwrite(7, 99997, 0)\nwrite(6, 99995, 7, b'N\\0\\0\\0\\1xQ')"),
  CODE_FOR_THE_MASTER("write(3, 2222, 4, b'L\\0\\0\\0')"),
  ALREADY_OPEN("channel.send([channel, channel, channel.gateway.newchannel()])"),
  OUT_OF_MEMORY(
      """
      import resource
      with open('/proc/self/statm') as f: pages = int(f.read().split()[0])
      limit = pages * resource.getpagesize() + (32 << 20)
      resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
      channel.send('limited')""");

  /** Both ends of what is run; in between, what goes wrong. */
  private static final String BEFORE =
      """
      import os, signal, struct
      stream = channel.gateway._stream
      def write(msgcode, channel_id, length, payload=b''):
          stream.write_all([struct.pack('!Bii', msgcode, channel_id, length) + payload])
      held = [channel.receive() for i in range(4)]
      channel.send('ready')
      channel.receive()
      """;

  private static final String AFTER =
      "\nchannel.receive()\nchannel.send('well')\nchannel.receive()";

  private final String code;
  private final @Nullable ExitStatus status;
  private final @Nullable String complaint;

  Fault(String code) {
    this(code, null, null);
  }

  Fault(String code, ExitStatus status) {
    this(code, status, null);
  }

  Fault(String code, String complaint) {
    this(code, null, complaint);
  }

  Fault(String code, @Nullable ExitStatus status, @Nullable String complaint) {
    this.code = code;
    this.status = status;
    this.complaint = complaint;
  }

  /**
   * Takes four channels, says 'ready', does it when it gets an item, and where it still runs then
   * says 'well' when it gets another.
   */
  String source() {
    return BEFORE + code + AFTER;
  }

  boolean isHarmless() {
    return status == null && complaint == null;
  }

  /** Whether all who share its process have it. */
  boolean isOfTheProcess() {
    return this == OUT_OF_MEMORY || (status != null && this != DISCONNECTED);
  }

  /** How the process ends of it, where it does. */
  @Nullable ExitStatus status() {
    return status;
  }

  /** What is said of the bytes that came, where they can't be followed. */
  @Nullable String complaint() {
    return complaint;
  }
}
