package io.execnet.transport.ssh;

/** Many channels on one session. */
class OpenSshContractIT extends SshContract {

  @Override
  String[] configuration() {
    return new String[] {"MaxSessions 100"};
  }
}
