package io.execnet.core.protocol;

/**
 * A message of which the header has arrived and the last byte has not.
 *
 * @param channelId the channel that it is about; 0 where that is the gateway
 * @param length how many bytes its payload has, as its frame says
 * @param arrived how many of them there are
 */
public record PartialMessage(int channelId, int length, int arrived) {}
