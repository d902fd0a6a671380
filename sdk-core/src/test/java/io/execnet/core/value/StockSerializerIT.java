package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.StockExecnet;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random values, through stock execnet and back: {@code -Dexecnet.seed=…} repeats a run, {@code
 * -Dexecnet.values=…} sets how many.
 */
class StockSerializerIT {

  private static final int VALUES = Integer.getInteger("execnet.values", 3_000);

  private final long seed =
      Optional.ofNullable(Long.getLong("execnet.seed")).orElseGet(System::nanoTime);
  private final Serializer serializer = new Serializer();

  static Stream<Arguments> stock() {
    return Stream.of(
        Arguments.of("2.1.2", (Supplier<Path>) StockExecnet::newest),
        Arguments.of("1.9.0", (Supplier<Path>) StockExecnet::debian));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stock")
  void valuesOfJavaComeBackFromStockAsTheyWere(
      String version, Supplier<Path> python, @TempDir Path folder) throws Exception {
    RandomValues values = new RandomValues(seed);
    repeat(python, folder, (stock, seedOfValue) -> sendAndCompare(stock, values.next()));
  }

  private void sendAndCompare(Stock stock, Object value) throws IOException {
    byte[] dump = serializer.dumps(value);
    stock.ask('L', dump);
    byte[] dumpOfStock = stock.answer();

    assertThat(stock.text()).as(() -> "seed " + seed).isEqualTo(Description.of(value));
    if (dumpOfStock.length > 0) {
      assertThat(Description.of(serializer.loads(dumpOfStock))).isEqualTo(Description.of(value));
    }
    assertThat(Description.of(serializer.loads(dump))).isEqualTo(Description.of(value));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stock")
  void valuesOfStockAreWrittenByJavaByteForByte(
      String version, Supplier<Path> python, @TempDir Path folder) throws Exception {
    repeat(python, folder, this::takeAndCompare);
  }

  private void takeAndCompare(Stock stock, String seedOfValue) throws IOException {
    stock.ask('G', seedOfValue.getBytes(StandardCharsets.US_ASCII));
    byte[] dump = stock.answer();
    String description = stock.text();

    Object value = serializer.loads(dump);
    byte[] again = serializer.dumps(value);

    assertThat(Description.of(value)).as(() -> "seed " + seedOfValue).isEqualTo(description);
    assertThat(hex(again)).as(() -> "seed " + seedOfValue).isEqualTo(hex(dump));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stock")
  void valuesAreMarshalledAsPythonDoesByteForByte(
      String version, Supplier<Path> python, @TempDir Path folder) throws Exception {
    RandomValues values = new RandomValues(seed);
    repeat(
        python,
        folder,
        (stock, seedOfValue) -> {
          sendMarshalled(stock, values.next());
          takeMarshalled(stock, seedOfValue);
        });
  }

  private void sendMarshalled(Stock stock, Object value) throws IOException {
    if (Marshalling.hasForm(value)) {
      stock.ask('M', Marshalling.dump(value));
      byte[] marshalled = stock.answer();
      assertThat(stock.text()).as(() -> "seed " + seed).isEqualTo(Description.of(value));
      // not byte for byte: Python's sets have an order of their own
      assertThat(Description.of(Marshalling.load(marshalled))).isEqualTo(Description.of(value));
    }
  }

  private static void takeMarshalled(Stock stock, String seedOfValue) throws IOException {
    stock.ask('H', seedOfValue.getBytes(StandardCharsets.US_ASCII));
    byte[] marshalled = stock.answer();
    String description = stock.text();

    Object loaded = Marshalling.load(marshalled);
    assertThat(Description.of(loaded)).as(() -> "seed " + seedOfValue).isEqualTo(description);
    assertThat(Marshalling.dump(loaded)).as(() -> "seed " + seedOfValue).isEqualTo(marshalled);
  }

  private interface Exchange {
    void run(Stock stock, String seedOfValue) throws IOException;
  }

  private void repeat(Supplier<Path> python, Path folder, Exchange exchange) throws Exception {
    System.out.println("execnet.seed=" + seed);
    try (Stock stock = new Stock(python.get(), folder)) {
      for (int i = 0; i < VALUES; i++) {
        exchange.run(stock, Long.toString(seed + i));
      }
    }
  }

  private static String hex(byte[] dump) {
    return HexFormat.of().formatHex(dump, 1, dump.length); // but for the version
  }

  /** One Python process, asked again and again. */
  private static final class Stock implements AutoCloseable {

    private final Process process;
    private final DataOutputStream requests;
    private final DataInputStream answers;

    Stock(Path python, Path folder) throws IOException {
      Path script = folder.resolve("stock_peer.py");
      try (InputStream source = StockSerializerIT.class.getResourceAsStream("stock_peer.py")) {
        Files.copy(Objects.requireNonNull(source), script);
      }
      process =
          new ProcessBuilder(python.toString(), script.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
      answers = new DataInputStream(process.getInputStream());
    }

    void ask(char command, byte[] operand) throws IOException {
      requests.writeInt(1 + operand.length);
      requests.write(command);
      requests.write(operand);
      requests.flush();
    }

    byte[] answer() throws IOException {
      byte[] block = new byte[answers.readInt()];
      answers.readFully(block);
      return block;
    }

    String text() throws IOException {
      return new String(answer(), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
      requests.close(); // ends it
      process.onExit().join();
    }
  }
}
