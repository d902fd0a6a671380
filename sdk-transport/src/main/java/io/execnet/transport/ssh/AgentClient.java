package io.execnet.transport.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to an agent over its Unix socket, which SSHD itself does with native code only. An agent
 * may ask its user before it signs, so requests can take long.
 */
final class AgentClient extends AbstractAgentProxy {

  private static final int MAX_ANSWER = 256 * 1024;

  private final SocketChannel channel;
  private final @Nullable List<PublicKey> only;

  /**
   * Connects.
   *
   * @param only the keys of which it may speak, or null: all
   */
  AgentClient(Path socket, @Nullable List<PublicKey> only) throws IOException {
    super(null);
    this.channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    this.only = only;
  }

  @Override
  public Iterable<? extends Entry<PublicKey, String>> getIdentities() throws IOException {
    List<Entry<PublicKey, String>> keys = new ArrayList<>();
    for (Entry<PublicKey, String> key : super.getIdentities()) {
      if (only == null || only.stream().anyMatch(it -> KeyUtils.compareKeys(it, key.getKey()))) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Override
  public Entry<String, byte[]> sign(
      @Nullable SessionContext session, PublicKey key, String algorithm, byte[] data)
      throws IOException {
    return super.sign(session, key, algorithm, data);
  }

  @Override
  protected Buffer request(Buffer buffer) throws IOException {
    IOException[] failure = new IOException[1];
    Buffer answer =
        SshAttempt.ask(
            () -> {
              try {
                return exchange(buffer);
              } catch (IOException e) {
                failure[0] = e;
                return new ByteArrayBuffer();
              }
            });
    if (failure[0] != null) {
      throw failure[0];
    }
    return answer;
  }

  private synchronized Buffer exchange(Buffer buffer) throws IOException {
    ByteBuffer request = ByteBuffer.wrap(buffer.array(), buffer.rpos(), buffer.available());
    while (request.hasRemaining()) {
      channel.write(request);
    }
    int length = read(4).getInt();
    if (length <= 0 || length > MAX_ANSWER) {
      throw new IOException("the agent's answer has " + length + " bytes");
    }
    return new ByteArrayBuffer(read(length).array());
  }

  private ByteBuffer read(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the agent closed the connection");
      }
    }
    return bytes.flip();
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    super.close();
  }
}
