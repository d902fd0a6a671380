/**
 * What users hold: a {@link io.execnet.reactive.Group} of {@link io.execnet.reactive.Gateway}s to
 * Python interpreters, and the {@link io.execnet.reactive.Channel}s on which values go both ways.
 *
 * <p>Nothing happens before subscription, and no method blocks unless its name or its documentation
 * says so. Signals arrive on the scheduler of {@link io.execnet.reactive.GroupOptions}, never on an
 * event loop, so a slow or blocking subscriber can't stall another gateway.
 */
@NullMarked
package io.execnet.reactive;

import org.jspecify.annotations.NullMarked;
