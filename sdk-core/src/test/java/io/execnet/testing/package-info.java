/**
 * What the tests of every module share: interpreters to test with, and stock execnet to test
 * against.
 */
@NullMarked
package io.execnet.testing;

import org.jspecify.annotations.NullMarked;
