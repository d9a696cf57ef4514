package dev.tidemark.benchmarks.harness;

/** Seconds since it was made. */
public final class Stopwatch {
  private final long begin = System.nanoTime();

  /** Seconds until now. */
  public double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** So many in that time, a second. */
  public double rate(long count) {
    return count / seconds();
  }
}
