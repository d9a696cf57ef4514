package dev.tidemark.replication.simulation;

/** What is done to a cluster, and how often in proportion. */
enum Deed {
  /** Somebody writes. */
  UPDATE(6000),
  /** Somebody's log is forced at once. */
  SYNC(300),
  /** A connection breaks. */
  RESET(60),
  /** A connection carries nothing in one direction any more, and nobody is told. */
  ONE_WAY_CUT(15),
  /** A frame comes twice. */
  REPEATED_FRAME(20),
  /** A frame comes with another bit. */
  ALTERED_FRAME(20),
  /** The network falls apart. */
  PARTITION(10),
  /** It is whole again. */
  HEAL(10),
  /** A node is closed, and opened again after some time. */
  RESTART(6, true),
  /** A node's power fails, and comes back after some time. */
  POWER_LOSS(10, true),
  /** A clock jumps. */
  CLOCK_JUMP(20),
  /** A segment is sealed. */
  ROLL(15, true),
  /** A log is folded. */
  COMPACT(10, true),
  /** A log is cut off. */
  TRUNCATE(10, true),
  /** A node tells what it has seen. */
  ANNOUNCE(80),
  /** A node forgets. */
  COLLECT(15, true),
  /** A new node comes. */
  JOIN(4, true),
  /** A node goes away for a long time, with a word. */
  LEAVE(2, true),
  /** A node is lost for good, and retired. */
  RETIRE(3, true),
  /** A ring is announced, or a member of it comes or leaves. */
  RING_CHANGE(15);

  final int weight;

  /** Whether it shakes a whole node, and is rarer in calm histories. */
  final boolean isHeavy;

  Deed(int weight) {
    this(weight, false);
  }

  Deed(int weight, boolean isHeavy) {
    this.weight = weight;
    this.isHeavy = isHeavy;
  }
}
