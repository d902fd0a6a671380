package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of the ssh command of another host. */
class OpenSshCommandTest {

  private static List<String> options(String ssh) {
    List<String> words =
        OpenSshCommand.of(XSpec.parse("ssh=" + ssh + "//via=hop"), Duration.ZERO).words();
    assertThat(words).startsWith("ssh", "-T", "-o", "BatchMode=yes");
    return words.subList(4, words.size() - 1);
  }

  @Test
  void optionsAreRewrittenAndTheHostCannotBeTakenForOne() {
    assertThat(options("host")).containsExactly("--", "host");
    assertThat(options("-4p 2222 me@host -i '/my keys/id' -F /etc/x"))
        .containsExactly(
            "-F",
            "/etc/x",
            "-o",
            "addressfamily=inet",
            "-o",
            "port=2222",
            "-o",
            "user=me",
            "-o",
            "identityfile=\"/my keys/id\"",
            "--",
            "host");
  }

  @Test
  void aSilentServerIsNoticedUnlessTheSpecSaysHow() {
    Duration silence = Duration.ofSeconds(30);
    assertThat(OpenSshCommand.of(XSpec.parse("ssh=host//via=hop"), silence).words())
        .contains("ServerAliveInterval=10", "ServerAliveCountMax=2");
    XSpec own = XSpec.parse("ssh=-o ServerAliveInterval=7 host//via=hop");
    assertThat(OpenSshCommand.of(own, silence).words())
        .contains("serveraliveinterval=7")
        .doesNotContain("ServerAliveInterval=10");
  }

  @ParameterizedTest
  @CsvSource({
    "host, host, 22",
    "me@host, host, 22",
    "-p 2222 host, host, 2222",
    "-4p 2222 host, host, 2222",
    "-o Port=2222 host, host, 2222",
    "-p 1 -p 2 host, host, 1"
  })
  void theAddressIsWhatTheSpecSays(String ssh, String host, int port) {
    assertThat(OpenSshCommand.of(XSpec.parse("ssh=" + ssh + "//via=hop"), Duration.ZERO).address())
        .satisfies(
            address -> {
              assertThat(address.getHostString()).isEqualTo(host);
              assertThat(address.getPort()).isEqualTo(port);
              assertThat(address.isUnresolved()).isTrue();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -oProxyCommand='touch /tmp/x' host | ProxyCommand
          host id                            | a second host or a command: id
          -L 1:b:2 host                      | -L is not supported
          -p x host                          | needs a port, not 'x'
          -p 22                              | names no host
          """)
  void whatIsNoDestinationIsRefused(String ssh, String message) {
    XSpec spec = XSpec.parse("ssh=" + ssh + "//via=hop");
    assertThatThrownBy(() -> OpenSshCommand.of(spec, Duration.ZERO))
        .isInstanceOf(XSpecException.class)
        .hasMessageContaining(message);
  }
}
