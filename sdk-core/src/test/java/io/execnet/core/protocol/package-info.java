@NullMarked
package io.execnet.core.protocol;

import org.jspecify.annotations.NullMarked;
