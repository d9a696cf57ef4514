package dev.tidemark.storage.recovery;

import java.util.Locale;

/**
 * What an open makes of what it finds. A refused case changes no byte; the others lose nothing that
 * was promised.
 */
public enum RecoveryCase {
  /** There was no store, or the first open of one was interrupted. */
  CREATED(Outcome.OPENS, "the store is created"),
  /** A snapshot takes the place of what is there. */
  RESTORE_DECIDED(
      Outcome.NEW_REPLICA,
      "what was there is set aside, the restored state takes its place under a new replica id"),
  /** There is data and nobody knows whose: the identity is gone. */
  IDENTITY_LOST(Outcome.REFUSED, "nothing: the identity is missing"),
  /** The log is damaged where it was promised to be durable, or cannot be told from that. */
  LOG_DAMAGED(Outcome.REFUSED, "nothing: what is damaged was promised"),
  /** The log is gone, and the state does not reach what was promised, or nobody knows how far. */
  LOG_LOST(Outcome.REFUSED, "nothing: what the log held beyond the state cannot be told"),
  /** Log and state are gone. */
  ALL_LOST(Outcome.REFUSED, "nothing: there is nothing to recover from"),
  /** The log ends before the durable mark, and the state does not have what is missing. */
  LOG_SHORT(Outcome.REFUSED, "nothing: what is missing was promised"),
  /** The state is gone or damaged, and the log does not reach back to its beginning. */
  STATE_LOST_FOR_GOOD(Outcome.REFUSED, "nothing: the log no longer reaches back to its beginning"),
  /** The log begins after the state ends. */
  LOG_CUT_OFF(Outcome.REFUSED, "nothing: what lies between state and log is missing"),
  /**
   * The state holds what the log has lost, so the disk broke a promise. What peers were shown may
   * have been numbered by what is lost: this store must not number it again.
   */
  STATE_AHEAD(
      Outcome.NEW_REPLICA,
      "the store takes a new replica id; the old log is set aside, a new one begins where the state"
          + " ends"),
  /** The durable mark is gone: a log that was cut between two entries cannot be told from whole. */
  MARK_LOST(Outcome.NEW_REPLICA, "the store takes a new replica id; what the log holds is taken"),
  /** The directory is a copy, or was restored or moved here from another file system. */
  COPIED(Outcome.NEW_REPLICA, "the store takes a new replica id"),
  /** The state was used under a replica id that the identity does not know: it is an older one. */
  IDENTITY_OLD(Outcome.NEW_REPLICA, "the store takes a new replica id"),
  /** The log no longer reaches back to its beginning, and a snapshot stands for what it lacks. */
  STATE_FROM_SNAPSHOT(
      Outcome.OPENS,
      "the newest such snapshot takes the place of the state, which is set aside; the log from there"
          + " is replayed"),
  /** The state is damaged. */
  STATE_DAMAGED(Outcome.OPENS, "the state is set aside and built anew from the log"),
  /** The state is gone. */
  STATE_LOST(Outcome.OPENS, "the state is built anew from the log"),
  /** The log ends, behind the durable mark, in what a crash has torn. */
  TORN_TAIL(Outcome.OPENS, "the torn end is cut, the log sealed, what the state lacks replayed"),
  /** The store was not closed; every byte of the log is an entry. */
  UNSEALED(Outcome.OPENS, "the log is sealed, what the state lacks is replayed"),
  /** The log was closed, and the state lacks a part of it. */
  STATE_BEHIND(Outcome.OPENS, "what the state lacks is replayed"),
  /** The store was closed. */
  CLEAN(Outcome.OPENS, "nothing is to be done");

  /** How an open ends. */
  public enum Outcome {
    /** The store opens. */
    OPENS,
    /** It opens, and makes its operations under another replica id from now on. */
    NEW_REPLICA,
    /** It does not open; no byte is changed. */
    REFUSED
  }

  private final Outcome outcome;
  private final String action;

  RecoveryCase(Outcome outcome, String action) {
    this.outcome = outcome;
    this.action = action;
  }

  /** How the open ends. */
  public Outcome outcome() {
    return outcome;
  }

  /** What is done, in words. */
  public String action() {
    return action;
  }

  /** The case in words: its name. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
