package dev.tidemark.storage.blob;

/**
 * What is not here of a large value.
 *
 * @param chunks how many; of a list of chunks that is not here all that it could list
 * @param bytes of content
 */
public record Missing(long chunks, long bytes) {
  /** Whether all is here. */
  public boolean isNothing() {
    return chunks == 0;
  }
}
