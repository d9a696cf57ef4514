package dev.tidemark.storage.log;

/** How a log is found, judged without writing a byte. */
public enum LogCondition {
  /** There is neither a catalogue nor a segment. */
  ABSENT,
  /** It was closed. */
  CLEAN,
  /** It was not closed, and every byte of it is an entry. */
  UNSEALED,
  /** It was not closed, and ends behind the durable mark in bytes that are not an entry. */
  TORN_TAIL,
  /** It ends, without a bad byte, before the durable mark. */
  SHORT,
  /** It is damaged where it was promised to be durable, or cannot be told from that. */
  DAMAGED
}
