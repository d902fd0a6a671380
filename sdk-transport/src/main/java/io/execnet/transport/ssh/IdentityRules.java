package io.execnet.transport.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the user is identified.
 *
 * @param files private keys, in the order in which they are offered
 * @param named whether the user named the files, so that one which is not there is worth a word
 * @param onlyNamed whether an agent's other keys are not offered
 * @param agent the agent's socket
 * @param methods the methods of authentication, in the order in which they are tried
 */
record IdentityRules(
    List<Path> files,
    boolean named,
    boolean onlyNamed,
    Optional<Path> agent,
    List<String> methods) {}
