package dev.tidemark.engine.simulation;

/** What is deliberately left out, to see that it was needed. */
enum Breakage {
  NOTHING,
  /** Forgets what is seen here, whatever others have yet to send. */
  HORIZON,
  /** Joins runs and states as if nothing had been forgotten. */
  FLOOR,
  /** Lets strangers and retired members in. */
  FENCE,
  /** Takes those who wrote before they were let in for members. */
  JOINING,
  /** Takes the state of a store that has forgotten what it has not seen itself. */
  WHOLE,
  /** Meets others without a look at what they know of oneself. */
  HANDSHAKE
}
