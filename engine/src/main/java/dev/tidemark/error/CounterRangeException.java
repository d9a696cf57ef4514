package dev.tidemark.error;

import java.math.BigInteger;

/** A counter's exact value does not fit 64 bits; the exception carries it. */
public final class CounterRangeException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final BigInteger exact;

  /** A failure with its message and the exact value that did not fit. */
  public CounterRangeException(Problem problem, BigInteger exact) {
    super(problem);
    this.exact = exact;
  }

  /** The value that did not fit. */
  public BigInteger exact() {
    return exact;
  }
}
