package dev.tidemark.benchmarks.harness;

/** How much work a benchmark does. */
public enum Scale {
  /** What the figures in the documentation were measured with. */
  FULL,

  /** A look, in a minute or two for all of them: sizes at which caches hold everything. */
  QUICK,

  /** Only whether it runs. */
  TINY;

  /** The size that goes with this scale. */
  public int of(int full, int quick, int tiny) {
    return switch (this) {
      case FULL -> full;
      case QUICK -> quick;
      case TINY -> tiny;
    };
  }
}
