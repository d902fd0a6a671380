package io.execnet.transport.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellQuoteTest {

  @Test
  void leavesPlainWordsAlone() {
    assertThat(ShellQuote.join(List.of("/usr/bin/python3.12", "-X", "utf8", "A=b")))
        .isEqualTo("/usr/bin/python3.12 -X utf8 A=b");
  }

  @Test
  void quotesWhatAShellWouldRead() {
    assertThat(ShellQuote.join(List.of("a b", "", "it's", "$HOME;*")))
        .isEqualTo("'a b' '' 'it'\\''s' '$HOME;*'");
  }

  @Test
  void leavesNoBackslashInsideQuotesWhereShellsDiffer() {
    assertThat(ShellQuote.join(List.of("\\", "C:\\a b\\", "\\'")))
        .isEqualTo("''\\\\'' 'C:'\\\\'a b'\\\\'' ''\\\\''\\'''");
  }

  @Test
  void keepsTheHomeFolderOfTheFarSide() {
    assertThat(ShellQuote.quote("~/my venv/bin/python")).isEqualTo("~/'my venv/bin/python'");
    assertThat(ShellQuote.quote("~joe/bin/python")).isEqualTo("~joe/bin/python");
    assertThat(ShellQuote.quote("a~b")).isEqualTo("'a~b'");
  }

  @Test
  void whatItQuotesIsSplitIntoTheSameWords() {
    List<String> words = List.of("a b", "it's", "\"x\"", "\\", "tab\t", "~x y/z", "");
    assertThat(ShellWords.split("python", ShellQuote.join(words))).isEqualTo(words);
  }
}
