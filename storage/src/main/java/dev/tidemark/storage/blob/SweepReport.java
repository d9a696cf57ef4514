package dev.tidemark.storage.blob;

/**
 * What a sweep did.
 *
 * @param completed false if it has given up waiting for those who hold values, and removed nothing
 * @param heldBy how many it waited for in vain
 * @param kept chunks that something refers to, whether they are here or not
 * @param removed chunks
 * @param removedBytes as they were stored
 */
public record SweepReport(
    boolean completed, int heldBy, long kept, long removed, long removedBytes) {
  static SweepReport gaveUp(int heldBy) {
    return new SweepReport(false, heldBy, 0, 0, 0);
  }
}
