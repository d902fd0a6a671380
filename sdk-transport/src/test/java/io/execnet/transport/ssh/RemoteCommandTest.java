package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.testing.Prerequisites;
import io.execnet.transport.shell.InterpreterCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command, as each shell that is there runs it. */
class RemoteCommandTest {

  /** Tells who it is in one line of Python. */
  private static final String PROGRAM = "'import os;print(os.getpid(),os.environ.get(\"A\"))'\n";

  static List<Path> shells() {
    return Stream.of("sh", "bash", "dash", "zsh", "fish", "csh", "tcsh", "ksh", "mksh")
        .flatMap(name -> Stream.of("/bin/", "/usr/bin/").map(folder -> Path.of(folder + name)))
        .filter(Files::isExecutable)
        .toList();
  }

  private static String run(Path shell, String command) throws Exception {
    return run(shell, command, PROGRAM);
  }

  private static String run(Path shell, String command, String program) throws Exception {
    return run(new ProcessBuilder(shell.toString(), "-c", command), program);
  }

  private static String run(ProcessBuilder command, String program) throws Exception {
    Process process = command.redirectErrorStream(true).start();
    try {
      process.getOutputStream().write(program.getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().close();
    } catch (IOException e) {
      // it did not wait for a program
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return output + process.waitFor();
  }

  @Test
  void thereAreShells() {
    Prerequisites.require(!shells().isEmpty(), "install a POSIX shell");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void findsAnInterpreterWhichIsTheProcess(Path shell) throws Exception {
    String output = run(shell, RemoteCommand.of(XSpec.parse("ssh=x//dont_write_bytecode")));
    assertThat(output).matches("<execnet pid (\\d+)>\n\\1 None\n0");
  }

  @Test
  void takesPythonWhereThereIsNoPython3(@TempDir Path bin) throws Exception {
    Files.createSymbolicLink(bin.resolve("sh"), Path.of("/bin/sh"));
    Files.writeString(bin.resolve("python"), "#!/bin/sh\nA=found exec /usr/bin/python3 \"$@\"\n");
    Files.setPosixFilePermissions(
        bin.resolve("python"), PosixFilePermissions.fromString("rwxr-xr-x"));
    XSpec spec = XSpec.parse("ssh=x");
    for (String command : List.of(RemoteCommand.of(spec), InterpreterCommand.forShell(spec))) {
      ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", command);
      shell.environment().put("PATH", bin.toString());
      assertThat(run(shell, PROGRAM)).endsWith(" found\n0");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void runsTheCommandThatIsGivenWordByWord(Path shell) throws Exception {
    String python = "env \"A=it's a \\$HOME; 'x' *\\\\\" python3 -X utf8";
    String output = run(shell, RemoteCommand.of(XSpec.parse("ssh=x//python=" + python)));
    assertThat(output).matches("<execnet pid (\\d+)>\n\\1 it's a \\$HOME; 'x' \\*\\\\\n0");
  }

  @ParameterizedTest
  @MethodSource("shells")
  void tellsHowTheInterpreterEndedWhereThatIsAsked(Path shell) throws Exception {
    XSpec spec = XSpec.parse("ssh=x//python=env A=1 python3");
    String killed = "'import os;os.kill(os.getpid(),9)'\n";
    assertThat(run(shell, RemoteCommand.supervised(spec), killed))
        .matches("<execnet pid \\d+>\n<execnet end 9>\n137");
    assertThat(run(shell, RemoteCommand.supervised(spec), "'raise SystemExit(137)'\n"))
        .matches("<execnet pid \\d+>\n<execnet end " + (137 << 8) + ">\n137");
    assertThat(run(shell, RemoteCommand.supervised(spec), PROGRAM))
        .matches("<execnet pid \\d+>\n\\d+ 1\n<execnet end 0>\n0");
  }

  @Test
  void saysThatThereIsNoInterpreterWhicheverClientRunsIt(@TempDir Path bin) throws Exception {
    Files.createSymbolicLink(bin.resolve("sh"), Path.of("/bin/sh"));
    XSpec spec = XSpec.parse("ssh=x");
    for (String command : List.of(RemoteCommand.of(spec), InterpreterCommand.forShell(spec))) {
      ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", command);
      shell.environment().put("PATH", bin.toString());
      assertThat(run(shell, PROGRAM))
          .endsWith("no python3 and no python on the PATH: name one with python= in the spec\n127");
    }
  }

  @ParameterizedTest
  @MethodSource("shells")
  void saysThatThereIsNoSuchCommand(Path shell) throws Exception {
    assertThat(run(shell, RemoteCommand.of(XSpec.parse("ssh=x//python=no-such-python"))))
        .contains("no-such-python")
        .endsWith("127");
  }
}
