package io.execnet.reactive;

/**
 * What a worker says of itself (the answer to STATUS).
 *
 * @param numchannels how many channels it has open
 * @param numexecuting how many pieces of code it runs
 * @param execmodel how it runs them: {@code thread}, {@code main_thread_only}, …
 */
public record RemoteStatus(long numchannels, long numexecuting, String execmodel) {}
