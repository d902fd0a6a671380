package io.execnet.transport.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.XSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {

  @Test
  void splitsAtBlanks() {
    assertThat(ShellWords.split("python", "  python3  -X\tutf8 "))
        .containsExactly("python3", "-X", "utf8");
    assertThat(ShellWords.split("python", " ")).isEmpty();
  }

  @Test
  void quotesKeepBlanksAndMayBeEmpty() {
    assertThat(ShellWords.split("python", "'a b'\"c d\"e '' \"\""))
        .containsExactly("a bc de", "", "");
  }

  @Test
  void aBackslashQuotesOneCharacter() {
    assertThat(ShellWords.split("python", "a\\ b \\\\ \\'")).containsExactly("a b", "\\", "'");
  }

  @Test
  void inDoubleQuotesABackslashQuotesWhatIsSpecialThere() {
    assertThat(ShellWords.split("python", "\"\\\"\\\\\\$\\n\"")).containsExactly("\"\\$\\n");
    assertThat(ShellWords.split("python", "'\\n'")).containsExactly("\\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'a", "\"a", "\"a\\", "a\\"})
  void refusesWhatIsNotClosed(String text) {
    assertThatThrownBy(() -> ShellWords.split("python", text))
        .isInstanceOf(XSpecException.class)
        .hasMessageContaining("python=" + text);
  }
}
