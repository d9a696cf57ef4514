package dev.tidemark.storage.log;

/**
 * What opening a log found and did.
 *
 * @param outcome the case
 * @param entriesScanned how many entries were read to find the end
 * @param tornBytesCut how many bytes that no entry ends in were cut
 * @param segmentsSealed how many segments a crash had left open
 * @param emptySegmentsRemoved how many segments without a commit were removed
 * @param millis how long it took
 */
public record LogRecovery(
    Outcome outcome,
    long entriesScanned,
    long tornBytesCut,
    int segmentsSealed,
    int emptySegmentsRemoved,
    long millis) {
  /** The case that was met. */
  public enum Outcome {
    /** There was no log. */
    CREATED,
    /** It had been closed. */
    CLEAN,
    /** It had not been closed, and every byte of it is an entry. */
    UNSEALED,
    /** It had not been closed, and ended in bytes that are not an entry; they were cut. */
    TORN_TAIL,
    /** It is damaged where it was promised to be durable; nothing was changed. */
    REFUSED
  }
}
