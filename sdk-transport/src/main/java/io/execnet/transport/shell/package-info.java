/** Command lines as POSIX shells read them. */
@NullMarked
package io.execnet.transport.shell;

import org.jspecify.annotations.NullMarked;
