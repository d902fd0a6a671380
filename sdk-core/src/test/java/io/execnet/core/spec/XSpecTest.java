package io.execnet.core.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.XSpecException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XSpecTest {

  @Test
  void keysAndValuesAreReadInOrder() {
    XSpec spec = XSpec.parse("socket=192.168.102.2:8888//python=c:/this/python//chdir=d:\\hello");

    assertThat(spec.keys()).containsExactly("socket", "python", "chdir");
    assertThat(spec.socket()).contains("192.168.102.2:8888");
    assertThat(spec.python()).contains("c:/this/python");
    assertThat(spec.chdir()).contains("d:\\hello");
  }

  @Test
  void aKeyWithoutValueIsThereAndHasNoValue() {
    XSpec spec = XSpec.parse("popen//dont_write_bytecode");

    assertThat(spec.popen()).isTrue();
    assertThat(spec.has("popen")).isTrue();
    assertThat(spec.get("popen")).isEmpty();
    assertThat(spec.dontWriteBytecode()).isTrue();
  }

  @Test
  void anAbsentKeyIsNeitherThereNorHasAValue() {
    XSpec spec = XSpec.parse("popen");

    assertThat(spec.has("python")).isFalse();
    assertThat(spec.get("python")).isEmpty();
    assertThat(spec.dontWriteBytecode()).isFalse();
    assertThat(spec.nice()).isEmpty();
    assertThat(spec.env()).isEmpty();
  }

  @Test
  void aValueMayHoldEqualsSigns() {
    assertThat(XSpec.parse("popen//env:A=1=2").env()).containsEntry("A", "1=2");
    assertThat(XSpec.parse("popen//python=a=b").python()).contains("a=b");
  }

  @Test
  void aValueMayHoldSpacesAndOptions() {
    assertThat(XSpec.parse("ssh=-p 22100 user@host//python=python3").ssh())
        .contains("-p 22100 user@host");
  }

  @Test
  void unknownKeysAreKept() {
    XSpec spec = XSpec.parse("popen//hello=3//x:y//empty=");

    assertThat(spec.get("hello")).contains("3");
    assertThat(spec.has("x:y")).isTrue();
    assertThat(spec.get("empty")).contains("");
  }

  @Test
  void environmentVariablesKeepTheirOrder() {
    XSpec spec = XSpec.parse("popen//env:B=2//env:A=//env:_C=3");

    assertThat(spec.env().keySet()).containsExactly("B", "A", "_C");
    assertThat(spec.env()).containsEntry("A", "");
    assertThat(spec.get("env:B")).contains("2");
  }

  @Test
  void niceIsAnInt() {
    assertThat(XSpec.parse("popen//nice=5").nice()).hasValue(5);
    assertThat(XSpec.parse("popen//nice=-5").nice()).hasValue(-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"thread", "main_thread_only", "eventlet", "gevent"})
  void execmodelIsOneOfFour(String execmodel) {
    assertThat(XSpec.parse("popen//execmodel=" + execmodel).execmodel()).contains(execmodel);
  }

  @Test
  void ourOwnKeysAreFlagsWithOneValue() {
    XSpec spec = XSpec.parse("popen//bootstrap=import//io=pipe");

    assertThat(spec.bootstrapImport()).isTrue();
    assertThat(spec.pipeIo()).isTrue();
    assertThat(XSpec.parse("popen").bootstrapImport()).isFalse();
    assertThat(XSpec.parse("popen").pipeIo()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "popen, popen",
    "popen=1, popen",
    "ssh=host//ssh_config=f, ssh",
    "vagrant_ssh=default, vagrant_ssh",
    "socket=localhost:8888//installvia=gw0, socket",
    "via=gw0//popen, popen"
  })
  void theWayToStartIsNamed(String text, String way) {
    assertThat(XSpec.parse(text).way()).isEqualTo(way);
  }

  @ParameterizedTest
  @ValueSource(strings = {"python=python3.9", "id=a", "via=gw0", "hello=3"})
  void aSpecWithoutAWayToStartCanBeReadButNotStarted(String text) {
    XSpec spec = XSpec.parse(text);

    assertThatExceptionOfType(XSpecException.class)
        .isThrownBy(spec::way)
        .withMessageContaining(text)
        .withMessageContaining("popen");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"| may not be empty",
        "//| a key is missing",
        "popen//| a key is missing",
        "//popen| a key is missing",
        "popen//=1| '=1' in 'popen//=1': a key is missing",
        "popen//popen| 'popen' is repeated",
        "popen//popen=123| 'popen' is repeated",
        "popen//env:A=1//env:A=2| 'env:A' is repeated",
        "popen//_x=1| '_x=1' in 'popen//_x=1': a key may not begin with an underscore",
        "popen//chdir=/tmp///python=p| '/python=p'",
        "popen//env=3| env:NAME=value",
        "popen//env:=3| env:NAME=value",
        "popen//env:A| 'env:A'",
        "popen//id=| 'id='",
        "popen//id| 'id'",
        "popen//python=| 'python='",
        "ssh| 'ssh' in 'ssh': this key needs a value",
        "socket| this key needs a value",
        "popen//nice=x| 'nice=x'",
        "popen//nice=1.5| whole number",
        "popen//nice=99999999999| whole number",
        "popen//execmodel=foo| thread, main_thread_only, eventlet, gevent",
        "popen//bootstrap=source| import",
        "popen//bootstrap| import",
        "popen//io=socket| pipe",
        "ssh=host//io=pipe| only a subprocess",
        "popen//token_file| only a socket server",
        "ssh=host//tls| only a socket server",
        "socket=h:1//tls=x| tls has no value",
        "socket=h:1//tls_cert=x| go together",
        "socket=h:1//token_file=| ~/.execnet/token",
        "popen//ssh=host| [popen, ssh]",
        "2*popen| lists of specs"
      })
  void aWrongSpecIsRefusedAndTheMessageSaysWhat(String text, String message) {
    assertThatExceptionOfType(XSpecException.class)
        .isThrownBy(() -> XSpec.parse(text))
        .withMessageContaining(message);
  }

  @Test
  void specsAreEqualWhereTheirStringsAre() {
    assertThat(XSpec.parse("popen//python=a"))
        .isEqualTo(XSpec.parse("popen//python=a"))
        .hasSameHashCodeAs(XSpec.parse("popen//python=a"))
        .hasToString("popen//python=a")
        .isNotEqualTo(XSpec.parse("python=a//popen"));
  }

  @Test
  void anIdIsAddedAtTheEndOrReplacedInItsPlace() {
    assertThat(XSpec.parse("popen").withId("gw0")).hasToString("popen//id=gw0");
    assertThat(XSpec.parse("id=a//popen//x=").withId("gw1")).hasToString("id=gw1//popen//x=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a//b", "a//b=c"})
  void anIdThatASpecCannotHoldIsRefused(String id) {
    XSpec spec = XSpec.parse("popen");

    assertThatExceptionOfType(XSpecException.class).isThrownBy(() -> spec.withId(id));
  }

  @Test
  void aCountStandsForThatManyCopies() {
    assertThat(XSpec.expand("3*popen//python=p"))
        .hasSize(3)
        .containsOnly(XSpec.parse("popen//python=p"));
    assertThat(XSpec.expand("1*popen//id=a")).containsExactly(XSpec.parse("popen//id=a"));
    assertThat(XSpec.expand("popen")).containsExactly(XSpec.parse("popen"));
  }

  @Test
  void aStarInsideAValueIsNoCount() {
    assertThat(XSpec.expand("popen//python=a*b")).hasSize(1);
    assertThat(XSpec.expand("ssh=2*host")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "0*popen| '0*' in '0*popen': in N*spec, N is 1 or more",
        "-1*popen| N is 1 or more",
        "-99999999999*popen| N is 1 or more",
        "10001*popen| at most 10000 copies",
        "99999999999*popen| at most 10000 copies",
        "x*popen| 'x*' in 'x*popen': in N*spec, N is a whole number",
        "*popen| N is a whole number",
        "1.5*popen| N is a whole number",
        "2*2*popen| lists of specs",
        "2*popen//id=a| 'id=a' in '2*popen//id=a': 2 copies would share this id",
        "2*| may not be empty"
      })
  void aWrongCountIsRefused(String text, String message) {
    assertThatExceptionOfType(XSpecException.class)
        .isThrownBy(() -> XSpec.expand(text))
        .withMessageContaining(message);
  }

  @Test
  void aListOfSpecsIsExpandedInOrder() {
    assertThat(XSpec.parseList(List.of("2*popen", "ssh=host")))
        .map(XSpec::toString)
        .containsExactly("popen", "popen", "ssh=host");
  }

  @Test
  void twoSpecsOfAListMayNotShareAnId() {
    assertThatExceptionOfType(XSpecException.class)
        .isThrownBy(() -> XSpec.parseList(List.of("popen//id=a", "ssh=h//id=a")))
        .withMessageContaining("'id=a' in 'ssh=h//id=a'");
  }
}
