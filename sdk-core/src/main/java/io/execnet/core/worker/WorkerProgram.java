package io.execnet.core.worker;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Python program that a worker runs, and the one line which starts it in a bare interpreter
 * that does {@code exec(eval(sys.stdin.readline()))}.
 */
public final class WorkerProgram {

  private static final String TOO_OLD = "execnet-worker: needs Python 3.6 or newer, this is ";
  private static final String NO_EXECNET = "execnet-worker: bootstrap=import needs execnet: ";

  private WorkerProgram() {}

  /** The program as one file: its parts in order, without the imports between them. */
  public static String source() {
    return Source.TEXT;
  }

  /**
   * The line that starts the program. An interpreter that is too old for it says so on its standard
   * error instead; {@link #tooOld} recognises that.
   *
   * @param arguments the program's command line, without its own name
   * @return ASCII text that ends with its only newline
   */
  public static String bootstrapLine(List<String> arguments) {
    return line(Source.ESCAPED, arguments);
  }

  /** The line that starts another program in the same way. */
  public static String bootstrapLine(String program, List<String> arguments) {
    return line(escaped(program), arguments);
  }

  /**
   * The line for an interpreter that may be of the version that has compiled the program, and then
   * starts quicker. Behind it there is what it reads: the compiled form and the source, in no
   * literal, as Python takes as long to read them there as it takes for all its own start.
   *
   * @return text of which each char stands for a byte
   */
  public static String bootstrapWith(CompiledWorker compiled, List<String> arguments) {
    String sizes = "(" + compiled.code().length() + ", " + source().length() + ")";
    return line(template(arguments, compiled.version(), sizes).replace("@PROGRAM@", "''"))
        + compiled.code()
        + source();
  }

  private static String line(String escapedProgram, List<String> arguments) {
    // what is long comes last, as there is nothing in it to escape any more
    return line(template(arguments, "", "()")).replace("@PROGRAM@", escapedProgram);
  }

  /** All but the program; no interpreter has an empty version. */
  private static String template(List<String> arguments, String version, String sizes) {
    String arg0 = PythonLiteral.of("execnet-worker", '\'');
    String argv = arguments.isEmpty() ? "[" + arg0 + "]" : "[" + arg0 + "] + ";
    return Source.BOOTSTRAP
        .replace(
            "@ARGUMENTS@", arguments.isEmpty() ? argv : argv + hidden(PythonLiteral.of(arguments)))
        .replace("@SIZES@", sizes)
        .replace("@VERSION@", PythonLiteral.of(version, '\''));
  }

  /** A literal in the literal that a line is, as an old interpreter can't even compile it. */
  private static String escaped(String program) {
    String literal = PythonLiteral.of(PythonLiteral.of(program, '\''), '"');
    return literal.substring(1, literal.length() - 1);
  }

  /**
   * The line that starts the execnet which is installed in the interpreter, where the spec asks for
   * {@code bootstrap=import}: such a worker speaks the stock protocol only.
   *
   * @param id the worker's id
   * @param socketPath the Unix socket to connect back to, or null for the standard streams
   * @param answer what it writes when it is there
   */
  public static String importLine(
      String execmodel, String id, @Nullable String socketPath, String answer) {
    return line(
        ProgramSource.resource("import_execnet.py")
            .replace("@NO_EXECNET@", PythonLiteral.of(NO_EXECNET, '\''))
            .replace("@EXECMODEL@", PythonLiteral.of(execmodel, '\''))
            .replace("@ID@", PythonLiteral.of(id, '\''))
            .replace("@ANSWER@", hidden(PythonLiteral.of(answer, '\'')))
            .replace(
                "@SOCKET_PATH@", socketPath == null ? "None" : PythonLiteral.of(socketPath, '\'')));
  }

  /**
   * Whether this is what an interpreter wrote that is too old for the program.
   *
   * @return its version and path, like {@code 2.7.18 (/usr/bin/python2)}
   */
  public static Optional<String> tooOld(String standardError) {
    return afterMark(TOO_OLD, standardError);
  }

  /** Whether this is what an interpreter wrote that has no execnet to import; returns why. */
  public static Optional<String> noExecnet(String standardError) {
    return afterMark(NO_EXECNET, standardError);
  }

  private static Optional<String> afterMark(String mark, String text) {
    return text.lines()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .findFirst();
  }

  /** So that an answer which begins with this character is not found in an echo of the line. */
  private static String hidden(String literal) {
    return literal.replace("<", "\\x3c");
  }

  private static String line(String program) {
    return PythonLiteral.of(program, '"') + "\n";
  }

  /** Read and joined at first use, once. */
  private static final class Source {

    static final String TEXT = ProgramSource.join("");
    static final String ESCAPED = escaped(TEXT);
    static final String BOOTSTRAP =
        ProgramSource.resource("bootstrap.py")
            .replace("@TOO_OLD@", PythonLiteral.of(TOO_OLD, '\''));

    private Source() {}
  }
}
