package io.execnet.testing;

class EventLoopsMustNotBlockTest implements EventLoopsMustNotBlock {}
