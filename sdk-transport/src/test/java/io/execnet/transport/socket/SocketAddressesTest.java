package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketAddressesTest {

  @ParameterizedTest
  @CsvSource({
    "localhost:8888, localhost, 8888",
    "10.0.0.1:1, 10.0.0.1, 1",
    "[::1]:8888, ::1, 8888",
    "[fe80::1%eth0]:65535, fe80::1%eth0, 65535",
    "1:2:3:4:5:6:7:8:99, 1:2:3:4:5:6:7:8, 99"
  })
  void readsHostAndPort(String text, String host, int port) {
    SocketAddresses.HostAndPort read = SocketAddresses.parse(text);
    assertThat(read.host()).isEqualTo(host);
    assertThat(read.port()).isEqualTo(port);
    assertThat(SocketAddresses.parse(read.toString())).isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, the port is missing",
    ":8888, the host is missing",
    "localhost:, the port is a number",
    "localhost:http, the port is a number",
    "localhost:0, the port is a number",
    "localhost:65536, the port is a number",
    "localhost:+1, the port is a number",
    "::1, in brackets",
    "::1:8888, in brackets",
    "[localhost]:1, between brackets",
    "[::1:1, an IPv6 address is written"
  })
  void saysWhatIsWrong(String text, String message) {
    assertThatExceptionOfType(XSpecException.class)
        .isThrownBy(() -> SocketAddresses.of(XSpec.parse("socket=" + text + "//id=a")))
        .withMessageContaining(message)
        .withMessageContaining("'socket=" + text + "' in 'socket=" + text + "//id=a'");
  }

  @Test
  void aServiceHasAPort() {
    assertThat(ServiceTransport.port(XSpec.parse("socketservice=4711"))).isEqualTo(4711);
    assertThatExceptionOfType(XSpecException.class)
        .isThrownBy(() -> ServiceTransport.port(XSpec.parse("socketservice=x")))
        .withMessageContaining("'socketservice=x'");
  }
}
