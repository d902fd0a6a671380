package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every program and command in the README runs, and prints what the README says it prints. */
class ReadmeIT {

  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern CLASS_NAME = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);

  private record Snippet(String language, String text, @Nullable String output) {}

  @TempDir Path folder;

  private static List<Snippet> snippets() throws IOException {
    List<Snippet> snippets = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(Project.root().resolve("README.md")));
    while (block.find()) {
      if (block.group(1).equals("text")) {
        Snippet last = snippets.remove(snippets.size() - 1);
        snippets.add(new Snippet(last.language, last.text, block.group(2)));
      } else {
        snippets.add(new Snippet(block.group(1), block.group(2), null));
      }
    }
    return snippets;
  }

  @Test
  void thereAreSnippetsOfBothKindsAndNoOthers() throws IOException {
    assertThat(snippets())
        .extracting(Snippet::language)
        .contains("java", "sh")
        .hasSizeGreaterThan(6);
    assertThat(snippets()).extracting(Snippet::language).containsOnly("java", "sh");
  }

  @TestFactory
  Stream<DynamicTest> runs() throws IOException {
    return snippets().stream()
        .map(snippet -> DynamicTest.dynamicTest(firstLine(snippet.text), () -> check(snippet)));
  }

  private static String firstLine(String text) {
    Matcher name = CLASS_NAME.matcher(text);
    return name.find() ? name.group(1) : text.lines().findFirst().orElse("");
  }

  private void check(Snippet snippet) throws Exception {
    List<String> command =
        snippet.language.equals("java")
            ? javaCommand(snippet.text)
            : List.of("bash", "-euo", "pipefail", "-c", snippet.text);
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(command)
            .directory(Project.root().toFile())
            .redirectError(errors.toFile())
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    if (snippet.output == null) {
      assertThat(output).isNotBlank();
    } else {
      assertThat(output).isEqualTo(snippet.output);
    }
  }

  private List<String> javaCommand(String program) throws IOException {
    Path file = folder.resolve(firstLine(program) + ".java");
    Files.writeString(file, program);
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        file.toString());
  }
}
