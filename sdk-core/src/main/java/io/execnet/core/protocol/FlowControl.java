package io.execnet.core.protocol;

/**
 * What may be on its way in each direction, as the master says in its HELLO.
 *
 * @param receive what the worker may send
 * @param send what the worker takes
 */
public record FlowControl(CreditLimits receive, CreditLimits send) {}
