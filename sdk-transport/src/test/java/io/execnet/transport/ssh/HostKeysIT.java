package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a gateway believes to be the host. */
class HostKeysIT extends SshGateways {

  private OpenSshServer server;
  private Path known;

  @BeforeEach
  void start() {
    server = server();
    known = home.resolve("known");
  }

  private String spec(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "-o UserKnownHostsFile=" + known;
    System.arraycopy(options, 0, all, 1, options.length);
    return server.spec(all);
  }

  private String hostKey(String type) throws IOException {
    String[] words = Files.readString(server.folder().resolve("host_" + type + ".pub")).split(" ");
    return words[0] + " " + words[1];
  }

  private String host() {
    return "[127.0.0.1]:" + server.port() + " ";
  }

  private static String fingerprint(Path key) {
    return OpenSshServer.run("ssh-keygen", "-l", "-f", key.toString()).split(" ")[1];
  }

  @Test
  void refusesAnUnknownKeyAndSaysWhatToDo() {
    BootstrapException error = failure(open(spec()));
    assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
    assertThat(error)
        .hasMessageContaining("127.0.0.1:" + server.port() + " is not known: ssh-ed25519 ")
        .hasMessageContaining(fingerprint(server.folder().resolve("host_ed25519")))
        .hasMessageContaining("ssh-keyscan -p " + server.port() + " 127.0.0.1 >> " + known)
        .hasMessageContaining("StrictHostKeyChecking=accept-new");
    assertThat(known).doesNotExist();
    assertThat(failure(open(spec("-o StrictHostKeyChecking=ask"))).reason())
        .isEqualTo(Reason.HOST_KEY_REFUSED);
  }

  @Test
  void refusesAChangedKeyAndSaysWhereTheOldOneIs() throws IOException {
    Path other = home.resolve("other");
    OpenSshServer.keygen(other, "ed25519", "");
    String[] words = Files.readString(home.resolve("other.pub")).split(" ");
    Files.writeString(known, "# comment\n" + host() + words[0] + " " + words[1] + "\n");
    for (String policy : new String[] {"yes", "ask", "accept-new"}) {
      BootstrapException error = failure(open(spec("-o StrictHostKeyChecking=" + policy)));
      assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(error)
          .hasMessageContaining("has changed")
          .hasMessageContaining(known + " line 2 says ssh-ed25519 " + fingerprint(other))
          .hasMessageContaining(fingerprint(server.folder().resolve("host_ed25519")))
          .hasMessageContaining("ssh-keygen -f " + known + " -R '[127.0.0.1]:" + server.port());
    }
  }

  @Test
  void acceptsANewKeyWhereItIsAllowedAndKnowsItThen() throws Exception {
    Files.writeString(known, "other.example ssh-ed25519 AAAA");
    assertWorks(open(spec("-o StrictHostKeyChecking=accept-new")));
    assertThat(Files.readAllLines(known))
        .containsExactly("other.example ssh-ed25519 AAAA", host() + hostKey("ed25519"));
    assertWorks(open(spec()));
    assertThat(Files.readAllLines(known)).hasSize(2);
  }

  @Test
  void takesAnyKeyWhereNobodyCares() throws Exception {
    assertWorks(open(spec("-o StrictHostKeyChecking=no")));
    assertThat(known).doesNotExist();
  }

  @Test
  void takesAChangedKeyWhereNobodyCares() throws Exception {
    OpenSshServer.keygen(home.resolve("other"), "ed25519", "");
    Files.writeString(known, host() + Files.readString(home.resolve("other.pub")));
    assertWorks(open(spec("-o StrictHostKeyChecking=no")));
  }

  @Test
  void asksForTheKindOfKeyThatItKnows() throws Exception {
    Files.writeString(known, host() + hostKey("rsa") + "\n");
    assertWorks(open(spec()));
  }

  @Test
  void knowsHashedNames() throws Exception {
    Files.writeString(known, host() + hostKey("ed25519") + "\n");
    OpenSshServer.run("ssh-keygen", "-q", "-H", "-f", known.toString());
    assertThat(Files.readString(known)).startsWith("|1|");
    assertWorks(open(spec()));
  }

  @Test
  void aLineWithoutAPortHoldsWhereThereIsNoBetterOne() throws Exception {
    Files.writeString(known, "127.0.0.1 " + hostKey("ed25519") + "\n");
    assertWorks(open(spec()));
  }

  @Test
  void looksUnderTheAlias() throws Exception {
    Files.writeString(known, "the-box " + hostKey("ed25519") + "\n");
    assertWorks(open(spec("-o HostKeyAlias=the-box")));
  }

  @Test
  void refusesARevokedKey() throws Exception {
    Files.writeString(
        known, host() + hostKey("ed25519") + "\n@revoked * " + hostKey("ed25519") + "\n");
    assertThat(failure(open(spec())))
        .hasMessageContaining("revoked")
        .extracting(BootstrapException::reason)
        .isEqualTo(Reason.HOST_KEY_REFUSED);
  }

  @Test
  void saysThatAuthoritiesAreNotSupported() throws Exception {
    Files.writeString(known, "@cert-authority " + host() + hostKey("rsa") + "\n");
    assertThat(failure(open(spec())))
        .hasMessageContaining("@cert-authority line is there, but not supported");
  }
}
