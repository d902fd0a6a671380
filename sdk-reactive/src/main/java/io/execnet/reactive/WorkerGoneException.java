package io.execnet.reactive;

/** Inside a {@link MapRun}: the worker of an item ended before the item was done. */
final class WorkerGoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean itemsFault;

  /**
   * Creates the error.
   *
   * @param itemsFault false if the worker was killed because of another item
   */
  WorkerGoneException(Throwable cause, boolean itemsFault) {
    super(null, cause, false, false);
    this.itemsFault = itemsFault;
  }

  @Override
  public synchronized Throwable getCause() {
    return java.util.Objects.requireNonNull(super.getCause());
  }

  boolean isItemsFault() {
    return itemsFault;
  }
}
