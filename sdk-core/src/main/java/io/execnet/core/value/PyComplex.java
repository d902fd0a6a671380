package io.execnet.core.value;

/** A Python complex number. */
public record PyComplex(double real, double imaginary) {}
