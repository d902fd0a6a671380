/** Workers that another gateway's worker reaches for us: it opens the byte stream and relays it. */
@NullMarked
package io.execnet.transport.via;

import org.jspecify.annotations.NullMarked;
