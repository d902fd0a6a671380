/** What transports over Netty's channels have in common. */
@NullMarked
package io.execnet.transport.netty;

import org.jspecify.annotations.NullMarked;
