package dev.tidemark.tools.crash;

import org.jspecify.annotations.Nullable;

/** When a process dies. */
sealed interface Kill {
  /** It kills itself when it reaches a moment for the n-th time. */
  record AtMoment(Moment moment, int hits) implements Kill {
    @Override
    public String toString() {
      return moment + ":" + hits;
    }
  }

  /** It is killed so long after its first acknowledgement. */
  record WhileWriting(long millis) implements Kill {}

  /** It is killed so long after it was started. */
  record AfterStart(long millis) implements Kill {}

  /** The moment it kills itself at, or null. */
  default @Nullable Moment self() {
    return this instanceof AtMoment at ? at.moment() : null;
  }

  /** How a report names it. */
  default String kind() {
    if (this instanceof AtMoment at) {
      return at.moment().toString();
    }
    return this instanceof WhileWriting ? "while writing" : "after start";
  }
}
