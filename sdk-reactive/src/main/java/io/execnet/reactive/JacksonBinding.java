package io.execnet.reactive;

import io.execnet.core.LoadException;
import io.execnet.core.value.PyComplex;
import io.execnet.core.value.PyFrozenSet;
import io.execnet.core.value.PyTuple;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Binds dicts and lists to records, beans and generic types; the only class that needs Jackson. */
final class JacksonBinding {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(keysThatAreNoText())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private JacksonBinding() {}

  static Object bind(@Nullable Object value, Type type) {
    JavaType target = MAPPER.constructType(type);
    Object bound;
    try {
      bound = MAPPER.convertValue(value, target);
    } catch (JacksonException | IllegalArgumentException e) {
      String where = e instanceof DatabindException databind ? path(databind) : "";
      String why = e instanceof JacksonException jackson ? jackson.getOriginalMessage() : "" + e;
      throw new LoadException(
          "can't receive " + typeOf(value) + " as " + type.getTypeName() + where + ": " + why, e);
    }
    if (bound == null) {
      throw new LoadException("can't receive None as " + type.getTypeName());
    }
    return bound;
  }

  private static String typeOf(@Nullable Object value) {
    return value == null ? "None" : "a " + value.getClass().getSimpleName();
  }

  private static String path(DatabindException error) {
    StringBuilder path = new StringBuilder();
    error
        .getPath()
        .forEach(
            step ->
                path.append('[')
                    .append(
                        step.getPropertyName() == null
                            ? String.valueOf(step.getIndex())
                            : "'" + step.getPropertyName() + "'")
                    .append(']'));
    return path.isEmpty() ? "" : " at " + path;
  }

  /** Jackson would turn these keys into text by toString, which changes them. */
  private static SimpleModule keysThatAreNoText() {
    SimpleModule module = new SimpleModule();
    module.addKeySerializer(ByteBuffer.class, new RefusingKeySerializer<>());
    module.addKeySerializer(PyTuple.class, new RefusingKeySerializer<>());
    module.addKeySerializer(PyFrozenSet.class, new RefusingKeySerializer<>());
    module.addKeySerializer(PyComplex.class, new RefusingKeySerializer<>());
    return module;
  }

  private static final class RefusingKeySerializer<K> extends ValueSerializer<K> {
    @Override
    public void serialize(K key, JsonGenerator generator, SerializationContext context) {
      context.reportMappingProblem(
          "a dict with a key that is a %s", key.getClass().getSimpleName());
    }
  }
}
