/** Workers as processes of this host: how they are started, spoken to and ended. */
@NullMarked
package io.execnet.transport.popen;

import org.jspecify.annotations.NullMarked;
