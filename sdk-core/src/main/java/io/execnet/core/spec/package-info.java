/** Specs: the text that says what interpreter to start, where, and with which settings. */
@NullMarked
package io.execnet.core.spec;

import org.jspecify.annotations.NullMarked;
