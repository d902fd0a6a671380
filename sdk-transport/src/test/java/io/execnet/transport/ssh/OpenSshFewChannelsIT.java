package io.execnet.transport.ssh;

/** A server that allows few channels on a session and wants new keys often, with compression. */
class OpenSshFewChannelsIT extends SshContract {

  @Override
  String[] configuration() {
    return new String[] {"MaxSessions 3", "RekeyLimit 1M"};
  }

  @Override
  String arguments(OpenSshServer running) {
    return running.arguments("-C");
  }
}
