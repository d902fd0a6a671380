package io.execnet.core.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What to start and where: {@code popen//python=python3.12//env:A=1}. */
public final class XSpec {

  private final String text;

  private XSpec(String text) {
    this.text = text;
  }

  public static XSpec parse(String text) {
    return new XSpec(text);
  }

  public static List<XSpec> parseList(List<String> specs) {
    throw new UnsupportedOperationException();
  }

  public Optional<String> get(String key) {
    throw new UnsupportedOperationException();
  }

  public boolean has(String key) {
    throw new UnsupportedOperationException();
  }

  public Map<String, String> env() {
    throw new UnsupportedOperationException();
  }

  public XSpec withId(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String toString() {
    return text;
  }
}
