@NullMarked
package io.execnet.core.spec;

import org.jspecify.annotations.NullMarked;
