/** From a byte stream to an interpreter to a worker program that has answered on it. */
@NullMarked
package io.execnet.transport.bootstrap;

import org.jspecify.annotations.NullMarked;
