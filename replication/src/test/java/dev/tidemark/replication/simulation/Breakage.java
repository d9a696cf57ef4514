package dev.tidemark.replication.simulation;

/** A fault of the program that the simulation has to find: done to what its sessions send. */
enum Breakage {
  /** None. */
  NONE(Invariant.class),
  /** A node acknowledges what it has seen, forced or not. */
  EARLY_ACKNOWLEDGEMENT(AcknowledgedIsDurable.class),
  /** A commit is left out of what a peer gets. */
  SKIPPED_COMMIT(PromisedIsKept.class),
  /** A peer that lacks what was cut off gets what is left, and no state. */
  IGNORED_CUT(PromisedIsKept.class),
  /** A run is handed over without the tombstones of a key: it lives on at the receiver. */
  RESURRECTED_KEY(AllAgree.class);

  private final Class<? extends Invariant> breaks;

  Breakage(Class<? extends Invariant> breaks) {
    this.breaks = breaks;
  }

  /** What does not hold any more. */
  Class<? extends Invariant> breaks() {
    return breaks;
  }
}
