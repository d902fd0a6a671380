package io.execnet.reactive;

/** What may be on the class path or not; to ask loads none of it. */
enum OptionalLibrary {
  JACKSON("tools.jackson.databind.json.JsonMapper"),
  MICROMETER("io.micrometer.core.instrument.Metrics");

  private final boolean present;

  OptionalLibrary(String className) {
    this.present = isPresent(className);
  }

  boolean isPresent() {
    return present;
  }

  private static boolean isPresent(String className) {
    try {
      Class.forName(className, false, OptionalLibrary.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
