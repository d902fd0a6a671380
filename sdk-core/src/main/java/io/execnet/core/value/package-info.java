@NullMarked
package io.execnet.core.value;

import org.jspecify.annotations.NullMarked;
