/** Interpreters behind socket servers: connecting, tokens, TLS; and the server and its services. */
@NullMarked
package io.execnet.transport.socket;

import org.jspecify.annotations.NullMarked;
