/**
 * Workers on hosts that an SSH server leads to. What people write for OpenSSH is read here; the
 * protocol is Apache MINA SSHD's.
 */
@NullMarked
package io.execnet.transport.ssh;

import org.jspecify.annotations.NullMarked;
