@NullMarked
package io.execnet.core.worker;

import org.jspecify.annotations.NullMarked;
