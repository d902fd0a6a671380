package io.execnet.reactive;

import io.execnet.testing.EventLoopsMustNotBlock;

class EventLoopsMustNotBlockIT implements EventLoopsMustNotBlock {}
