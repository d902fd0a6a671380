package io.execnet.cli;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The streams of the process.
 *
 * @param in standard input
 * @param out standard output
 * @param diagnostics standard error
 * @param terminal what is known of the terminal
 */
record Console(InputStream in, OutputStream out, Diagnostics diagnostics, Terminal terminal) {}
