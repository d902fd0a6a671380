/**
 * Ways to open a byte stream to a Python interpreter. A transport knows bytes and life-cycle only:
 * frames, channels and values are none of its business.
 */
@NullMarked
package io.execnet.transport;

import org.jspecify.annotations.NullMarked;
