package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import reactor.core.Exceptions;

/** What came of one spec of {@link Group#makeGateways}. */
public sealed interface OpenResult {

  /** The spec as it was given. */
  XSpec spec();

  /** The id that the gateway has, or would have had. */
  String id();

  /** The gateway. */
  record Opened(XSpec spec, Gateway gateway) implements OpenResult {
    @Override
    public String id() {
      return gateway.id();
    }

    @Override
    public Gateway orThrow() {
      return gateway;
    }
  }

  /** There is no gateway; the error is the one that {@link Group#makeGateway} would have given. */
  record Failed(XSpec spec, String id, Throwable error) implements OpenResult {
    @Override
    public Gateway orThrow() {
      throw Exceptions.propagate(error);
    }
  }

  /** The gateway, or its error thrown, for those to whom one without the others is of no use. */
  Gateway orThrow();
}
