package io.execnet.reactive;

/** Whether Jackson is on the class path; apart, so that asking does not load it. */
final class JacksonSupport {

  static final boolean AVAILABLE = isPresent();

  private JacksonSupport() {}

  private static boolean isPresent() {
    try {
      Class.forName("tools.jackson.databind.json.JsonMapper", false, loader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static ClassLoader loader() {
    return JacksonSupport.class.getClassLoader();
  }
}
