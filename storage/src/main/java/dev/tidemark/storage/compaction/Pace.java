package dev.tidemark.storage.compaction;

/** Sees a compaction's bytes go by: to slow it down, to end it, to tell how far it is. */
@FunctionalInterface
public interface Pace {
  /** As fast as it goes, to its end. */
  Pace UNHINDERED = bytes -> {};

  /**
   * So many more bytes were read; may wait.
   *
   * @throws java.util.concurrent.CancellationException to end it: nothing of it is left then
   */
  void passed(long bytes);
}
