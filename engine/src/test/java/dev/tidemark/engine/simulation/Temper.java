package dev.tidemark.engine.simulation;

/** What a schedule has more of than others. */
enum Temper {
  /** Of all things some. */
  EVEN,
  /** Elements that are removed and come again, all the time. */
  REMOVES,
  /** Partitions that last, each side going on by itself. */
  PARTITIONS,
  /** Members that are retired, lost, come back and are let in. */
  CHURN
}
