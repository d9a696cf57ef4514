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
  RESTART(6),
  /** A node's power fails, and comes back after some time. */
  POWER_LOSS(10),
  /** A clock jumps. */
  CLOCK_JUMP(20),
  /** A segment is sealed. */
  ROLL(15),
  /** A log is folded. */
  COMPACT(10),
  /** A log is cut off. */
  TRUNCATE(10),
  /** A node tells what it has seen. */
  ANNOUNCE(80),
  /** A node forgets. */
  COLLECT(15),
  /** A new node comes. */
  JOIN(4),
  /** A node goes away for a long time, with a word. */
  LEAVE(2),
  /** A node is lost for good, and retired. */
  RETIRE(3);

  final int weight;

  Deed(int weight) {
    this.weight = weight;
  }
}
