package io.execnet.core.value;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What stock execnet wrote for a set of Python literals, byte for byte. */
class SerializerVectorsTest {

  /** What Java has for the literals that {@link #simple} does not read. */
  private static final Map<String, Object> VALUES =
      Map.ofEntries(
          entry("10**30", BigInteger.TEN.pow(30)),
          entry("float('inf')", Double.POSITIVE_INFINITY),
          entry("float('-inf')", Double.NEGATIVE_INFINITY),
          entry("1+2j", new PyComplex(1, 2)),
          entry("-0.5j", new PyComplex(-0.0, -0.5)),
          entry("''", ""),
          entry("'abc'", "abc"),
          entry("'h\\u00e9llo'", "h\u00e9llo"),
          entry("'\\u20ac\\U0001f600'", "\u20ac\ud83d\ude00"),
          entry("'\\x00\\n\\t'", "\0\n\t"),
          entry("b''", bytes("")),
          entry("b'abc'", bytes("abc")),
          entry("bytes(range(256))", everyByte()),
          entry("[]", List.of()),
          entry("[1, 2, 3]", List.of(1L, 2L, 3L)),
          entry("[None, True, 'x', b'y', 1.5]", list(null, true, "x", bytes("y"), 1.5)),
          entry("[[], [[]], [[[]]]]", list(list(), list(list()), list(list(list())))),
          entry("()", PyTuple.of()),
          entry("(1,)", PyTuple.of(1L)),
          entry("(1, 'a', (2, b'b'))", PyTuple.of(1L, "a", PyTuple.of(2L, bytes("b")))),
          entry("{}", Map.of()),
          entry("{'a': 1}", dict("a", 1L)),
          entry(
              "{'a': {'b': {'c': [1, 2, {'d': ()}]}}}",
              dict("a", dict("b", dict("c", list(1L, 2L, dict("d", PyTuple.of())))))),
          entry(
              "{1: 'one', 'two': 2, (3, 4): [5], None: None, b'k': b'v'}",
              dict(
                  1L,
                  "one",
                  "two",
                  2L,
                  PyTuple.of(3L, 4L),
                  list(5L),
                  null,
                  null,
                  bytes("k"),
                  bytes("v"))),
          entry("set()", set()),
          entry("{1}", set(1L)),
          entry("{'only'}", set("only")),
          entry("frozenset()", PyFrozenSet.of()),
          entry("frozenset([7])", PyFrozenSet.of(7L)),
          entry(
              "[set(), frozenset(), {frozenset([1]): {2}}]",
              list(set(), PyFrozenSet.of(), dict(PyFrozenSet.of(1L), set(2L)))),
          entry(
              "{'id': 7, 'name': 'worker-7', 'ok': True, 'score': 0.5, 'tags': ['a', 'b', 'c']}",
              dict(
                  "id",
                  7L,
                  "name",
                  "worker-7",
                  "ok",
                  true,
                  "score",
                  0.5,
                  "tags",
                  list("a", "b", "c"))),
          entry(
              "('import os\\nchannel.send(os.getpid())', None, None, {})",
              PyTuple.of("import os\nchannel.send(os.getpid())", null, null, dict())),
          entry("[list(range(20)), tuple(range(20))]", list(range(20), PyTuple.copyOf(range(20)))),
          entry("'x' * 300", "x".repeat(300)),
          entry("b'\\xff' * 300", new byte[300]));

  static {
    Arrays.fill((byte[]) Objects.requireNonNull(VALUES.get("b'\\xff' * 300")), (byte) 0xff);
  }

  private final Serializer serializer = new Serializer();

  static Stream<Arguments> vectors() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    SerializerVectorsTest.class.getResourceAsStream("/vectors/serializer.tsv")),
                StandardCharsets.UTF_8))) {
      List<Arguments> vectors = new ArrayList<>();
      for (String line : lines.lines().filter(line -> !line.startsWith("#")).toList()) {
        String[] fields = line.split("\t");
        vectors.add(Arguments.of(fields[0], fields[1]));
      }
      return vectors.stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void isWrittenByteForByte(String literal, String hex) {
    assertThat(HexFormat.of().formatHex(serializer.dumps(value(literal)))).isEqualTo(hex);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void isReadAsTheValueOfTheLiteral(String literal, String hex) {
    Object value = serializer.loads(HexFormat.of().parseHex(hex));

    assertThat(Description.of(value)).isEqualTo(Description.of(value(literal)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void isReadTheSameFromBeforeExecnet2(String literal, String hex) {
    Object value = serializer.loads(HexFormat.of().parseHex("01" + hex.substring(2)));

    assertThat(Description.of(value)).isEqualTo(Description.of(value(literal)));
  }

  private static @Nullable Object value(String literal) {
    return VALUES.containsKey(literal) ? VALUES.get(literal) : simple(literal);
  }

  private static @Nullable Object simple(String literal) {
    if (literal.matches("-?\\d+")) {
      return Decimal.normal(new BigInteger(literal));
    }
    return switch (literal) {
      case "None" -> null;
      case "True" -> true;
      case "False" -> false;
      default -> Double.parseDouble(literal);
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static List<@Nullable Object> list(@Nullable Object... items) {
    return Arrays.asList(items);
  }

  private static Object set(Object... elements) {
    return new LinkedHashSet<>(Arrays.asList(elements));
  }

  private static List<Long> range(long end) {
    return LongStream.range(0, end).boxed().toList();
  }

  private static Map<@Nullable Object, @Nullable Object> dict(@Nullable Object... items) {
    Map<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
    for (int i = 0; i < items.length; i += 2) {
      dict.put(items[i], items[i + 1]);
    }
    return dict;
  }
}
