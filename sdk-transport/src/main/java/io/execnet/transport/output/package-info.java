/** What workers print, on its way from bytes to lines. */
@NullMarked
package io.execnet.transport.output;

import org.jspecify.annotations.NullMarked;
