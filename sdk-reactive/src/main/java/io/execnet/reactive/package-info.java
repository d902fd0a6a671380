@NullMarked
package io.execnet.reactive;

import org.jspecify.annotations.NullMarked;
