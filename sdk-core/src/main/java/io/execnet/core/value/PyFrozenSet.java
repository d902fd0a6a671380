package io.execnet.core.value;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Python frozenset: an immutable set that may hold null (None), keeps its order, and is sent as a
 * frozenset again. As {@link Set} demands, it equals any set of the same elements.
 */
public final class PyFrozenSet extends AbstractSet<@Nullable Object> {

  private final Set<@Nullable Object> elements;
  private final int hash;
  private int pythonHash;

  private PyFrozenSet(Set<@Nullable Object> elements) {
    this.elements = Collections.unmodifiableSet(elements);
    // computed once: sets of sets of sets would compute it again at every level
    this.hash = elements.hashCode();
  }

  /** The frozenset of these elements; what occurs twice counts once. */
  public static PyFrozenSet of(@Nullable Object... elements) {
    return new PyFrozenSet(new LinkedHashSet<>(Arrays.asList(elements)));
  }

  /** The frozenset of the elements of a collection, in its order. */
  public static PyFrozenSet copyOf(Collection<? extends @Nullable Object> elements) {
    return elements instanceof PyFrozenSet frozen
        ? frozen
        : new PyFrozenSet(new LinkedHashSet<>(elements));
  }

  /** Takes over the set. */
  static PyFrozenSet wrap(Set<@Nullable Object> elements) {
    return new PyFrozenSet(elements);
  }

  /** As {@link PyTuple#rememberPythonHash}. */
  void rememberPythonHash() {
    pythonHash = pythonHash();
  }

  int pythonHash() {
    int sum = pythonHash;
    if (sum == 0) {
      for (Object element : elements) {
        sum += PythonEquality.hash(element);
      }
    }
    return sum;
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return elements.iterator();
  }

  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public boolean contains(@Nullable Object element) {
    return elements.contains(element);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (other instanceof PyFrozenSet frozen && frozen.hash != hash) {
      return false;
    }
    return super.equals(other);
  }
}
