package dev.tidemark.error;

/** An exception whose message can be had piece by piece, for those who pass it on to programs. */
public interface Explained {
  /** What its message says. */
  Problem problem();
}
