/**
 * What every part of the SDK speaks of: specs, exit statuses, and the one family of errors.
 *
 * <p>Nothing in this module does I/O, owns a thread, or knows a reactive type.
 */
@NullMarked
package io.execnet.core;

import org.jspecify.annotations.NullMarked;
