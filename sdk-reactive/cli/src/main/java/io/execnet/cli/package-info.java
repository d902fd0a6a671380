/** The command line {@code execnet}: a thin layer on the public SDK. */
@NullMarked
package io.execnet.cli;

import org.jspecify.annotations.NullMarked;
