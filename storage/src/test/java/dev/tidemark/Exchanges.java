package dev.tidemark;

import dev.tidemark.engine.interest.Interest;

/** Exchanges between two stores of one process, each from its begin to its end. */
public final class Exchanges {
  private Exchanges() {}

  /** Brings one store what another has; gives how many commits, runs and states were new. */
  public static long pull(Tidemark from, Tidemark to) {
    try (Exchange exchange = new Exchange(from, to)) {
      return exchange.pull();
    }
  }

  /** Brings one store keys that it is to hold; whether it holds them then. */
  static boolean widen(Tidemark from, Tidemark to, Interest wider) {
    try (Exchange exchange = new Exchange(from, to)) {
      return exchange.widen(wider);
    }
  }
}
