/**
 * Messages and the rules of channels, without I/O: {@link io.execnet.core.protocol.ProtocolEngine}
 * is fed bytes and calls, and gives events and bytes.
 */
@NullMarked
package io.execnet.core.protocol;

import org.jspecify.annotations.NullMarked;
