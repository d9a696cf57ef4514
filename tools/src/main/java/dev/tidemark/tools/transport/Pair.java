package dev.tidemark.tools.transport;

import dev.tidemark.Tidemark;

/** Who gives and who takes. */
record Pair(Tidemark from, Tidemark to) {
  boolean touches(Tidemark store) {
    return from == store || to == store;
  }
}
