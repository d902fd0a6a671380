package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from {@code ssh=} and from the configuration. */
class SshTargetsTest {

  private @TempDir Path home;
  private SshSettings settings;

  @BeforeEach
  void prepare() throws IOException {
    Files.createDirectories(home.resolve(".ssh"));
    settings =
        new SshSettings(
            home,
            "me",
            Optional.of("/agent"),
            home.resolve("system/ssh_config"),
            List.of(home.resolve("system/known")));
  }

  private SshTarget target(String ssh) {
    return SshTargets.of(XSpec.parse("ssh=" + ssh), settings, Duration.ofSeconds(30));
  }

  private void config(String text) throws IOException {
    Files.writeString(home.resolve(".ssh/config"), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host                          | me@host:22",
        "joe@host                      | joe@host:22",
        "-p 2222 joe@host              | joe@host:2222",
        "-p2222 -l joe host            | joe@host:2222",
        "host -p 2222                  | me@host:2222",
        "-qTp 2222 -ljoe host          | joe@host:2222",
        "-o Port=2222 host             | me@host:2222",
        "-oPort=2222 -oUser=joe host   | joe@host:2222",
        "-o 'Port 2222' host           | me@host:2222",
        "-o 'port = 2222' -p 1 host    | me@host:2222",
        "-l first joe@host             | first@host:22",
        "joe@example.org@host          | joe@example.org@host:22",
        "::1                           | me@[::1]:22",
        "-o BatchMode=yes -o LogLevel=QUIET -o RequestTTY=no -x -a host | me@host:22",
        "-o HostName=%h.example.org web | me@web.example.org:22",
      })
  void readsWhatPeopleWriteForOpenSsh(String ssh, String shown) {
    assertThat(target(ssh).shown()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-q                    | names no host",
        "-p 22                 | names no host",
        "host ls               | names a second host or a command: ls",
        "@host                 | empty user or host",
        "host -p               | has nothing after -p",
        "-L 1:2:3 host         | -L is not supported; these are: -p -l -i -o -J -F -C -4 -6",
        "-t host               | -t is not supported",
        "-Z host               | -Z is not supported",
        "-o Tunnel=yes host    | -o Tunnel is not supported; these are: addressfamily, ",
        "-o Port host          | -o without a name and a value",
        "-p abc host           | port is 'abc' (in ssh=-p abc host), but has to be a number",
        "-p 70000 host         | has to be a number from 1 to 65535",
        "-o Compression=1 host | compression is '1'",
        "-o StrictHostKeyChecking=perhaps host | has to be yes, ask, accept-new or no",
        "-o ProxyCommand=nc host | use ProxyJump for host",
        "-J a@b@c@ host        | each host has to be",
        "-i %z host            | unknown %z",
        "-F /no/such/file host | can't read the SSH configuration /no/such/file",
        "-o PreferredAuthentications=hostbased host | no method of authentication",
      })
  void refusesWhatItDoesNotUnderstand(String ssh, String problem) {
    assertThatThrownBy(() -> target(ssh))
        .isInstanceOf(XSpecException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void looksForTheUsualKeysAndHosts() {
    SshTarget target = target("Host");
    Path folder = home.resolve(".ssh");
    assertThat(target.identity().files())
        .containsExactly(
            folder.resolve("id_ed25519"), folder.resolve("id_ecdsa"), folder.resolve("id_rsa"));
    assertThat(target.identity().named()).isFalse();
    assertThat(target.identity().agent()).contains(Path.of("/agent"));
    assertThat(target.identity().methods())
        .containsExactly("publickey", "keyboard-interactive", "password");
    assertThat(target.hostKeys().name()).isEqualTo("host");
    assertThat(target.hostKeys().policy()).isEqualTo(HostKeyRules.Policy.REFUSE_UNKNOWN);
    assertThat(target.hostKeys().userFiles())
        .containsExactly(folder.resolve("known_hosts"), folder.resolve("known_hosts2"));
    assertThat(target.hostKeys().systemFiles()).containsExactly(home.resolve("system/known"));
    assertThat(target.aliveInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(target.aliveCount()).isEqualTo(2);
    assertThat(target.compression()).isFalse();
  }

  @Test
  void theFirstValueCounts() throws IOException {
    config(
        """
        # comment
        User = first
        Host *.example.org !bad.example.org web
          Port 1111
          IdentityFile ~/.ssh/a
          IdentityFile "/keys/of %r"
          UserKnownHostsFile ~/k1 ~/k2
          Compression yes # really
          ServerAliveInterval 7
        Host web
          Port 2222
          HostName 10.0.0.1
          IdentityFile /b
          NoSuchOption whatever
        Host *
          User last
          ConnectTimeout 9
        """);
    SshTarget web = target("web");
    assertThat(web.shown()).isEqualTo("first@10.0.0.1:1111");
    assertThat(web.identity().files())
        .containsExactly(home.resolve(".ssh/a"), Path.of("/keys/of first"), Path.of("/b"));
    assertThat(web.hostKeys().userFiles()).containsExactly(home.resolve("k1"), home.resolve("k2"));
    assertThat(web.hostKeys().name()).isEqualTo("10.0.0.1");
    assertThat(web.compression()).isTrue();
    assertThat(web.aliveInterval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(web.aliveCount()).isEqualTo(3);
    assertThat(web.connectTimeout()).contains(Duration.ofSeconds(9));
    assertThat(target("-p 3333 joe@web").shown()).isEqualTo("joe@10.0.0.1:3333");
    assertThat(target("a.example.org").port()).isEqualTo(1111);
    assertThat(target("bad.example.org").port()).isEqualTo(22);
    assertThat(target("-i /mine web").identity().files()).startsWith(Path.of("/mine"));
    assertThat(target("-F none web").shown()).isEqualTo("me@web:22");
  }

  @Test
  void readsTheSystemsFileAfterTheUsers() throws IOException {
    Files.createDirectories(home.resolve("system/more"));
    Files.writeString(
        home.resolve("system/ssh_config"), "Include more/*.conf\nHost *\n Port 3\n User last\n");
    Files.writeString(home.resolve("system/more/2.conf"), "Host web\n Port 2\n");
    Files.writeString(home.resolve("system/more/1.conf"), "Host web\n HostName one\n");
    config("Port 1");
    assertThat(target("web").shown()).isEqualTo("last@one:1");
    Files.delete(home.resolve(".ssh/config"));
    assertThat(target("web").port()).isEqualTo(2);
    assertThat(target("other").port()).isEqualTo(3);
    Files.writeString(home.resolve("mine"), "Port 4");
    assertThat(target("-F ~/mine web").shown()).isEqualTo("me@web:4");
    XSpec spec = XSpec.parse("ssh=web//ssh_config=~/mine");
    assertThat(SshTargets.of(spec, settings, Duration.ZERO).shown()).isEqualTo("me@web:4");
  }

  @Test
  void includesHoldWhereTheyStand() throws IOException {
    Files.writeString(home.resolve(".ssh/inner"), "Port 7\nHost deep\n User u\n");
    config("Host web deep\n Include inner missing\nHost *\n HostName h\n");
    assertThat(target("web").shown()).isEqualTo("me@h:7");
    assertThat(target("deep").shown()).isEqualTo("u@h:7");
    assertThat(target("other").shown()).isEqualTo("me@h:22");
    config("Include config");
    assertThatThrownBy(() -> target("web")).hasMessageContaining("included too deep");
  }

  @Test
  void matchesWhatItCanTell() throws IOException {
    config(
        """
        Match exec "true"
          Port 1
        Match originalhost web user joe
          Port 2
        Match !originalhost web localuser me
          Port 3
        Match all
          Port 4
        """);
    assertThat(target("joe@web").port()).isEqualTo(2);
    assertThat(target("web").port()).isEqualTo(4);
    assertThat(target("other").port()).isEqualTo(3);
  }

  @Test
  void findsTheWayThroughOthers() throws IOException {
    config(
        """
        Host inner
          ProxyJump joe@middle:2222
        Host middle
          HostName 10.0.0.2
          ProxyJump bastion
        Host bastion
          User root
        Host loop
          ProxyJump loop2
        Host loop2
          ProxyJump loop
        """);
    assertThat(target("inner").shown())
        .isEqualTo("me@inner:22 (through joe@10.0.0.2:2222 (through root@bastion:22))");
    assertThat(target("-J none inner").via()).isEmpty();
    // the list that is given replaces what the last host would do by itself
    assertThat(target("-J a,b:1,middle x").shown())
        .isEqualTo("me@x:22 (through me@10.0.0.2:22 (through me@b:1 (through me@a:22)))");
    assertThat(target("-J [::1]:5 x").via().orElseThrow().address()).isEqualTo("[::1]:5");
    assertThatThrownBy(() -> target("loop")).hasMessageContaining("ProxyJump hosts");
    config("Host *\n ProxyJump bastion\n");
    assertThat(target("x").shown()).isEqualTo("me@x:22 (through me@bastion:22)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "-C web", "-p 23 web", "joe@web", "-o HostKeyAlias=x web"})
  void equalArgumentsAreEqualTargets(String ssh) {
    assertThat(target(ssh)).isEqualTo(target(ssh));
    assertThat(target(ssh).equals(target("web"))).isEqualTo(ssh.equals("web"));
  }
}
