package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenTest {

  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);

  /** Computed by Python's hmac: servers and clients of other versions must agree on it. */
  @Test
  void provesItselfAsItAlwaysDid() {
    assertThat(Token.of(" secret token \n", "a test").proof("client", ONE, TWO))
        .isEqualTo("b29ae61feb81b66a1ee41968962a9a8829e05ac92781b2e88193cb65f44c06a1");
  }

  @Test
  void aProofIsOfOneRoleAndOneExchange() {
    Token token = Token.of("secret token", "a test");
    assertThat(token.proof("client", ONE, TWO))
        .isNotEqualTo(token.proof("server", ONE, TWO))
        .isNotEqualTo(token.proof("client", TWO, ONE));
  }

  @Test
  void isNotShown() {
    assertThat(Token.of("secret token", "a test")).hasToString("Token(a test)");
  }
}
