package dev.tidemark.storage.blob;

/**
 * What was found of the chunks of a store. What a damaged or missing list of chunks lists is not
 * known, and stands among what nothing refers to.
 *
 * @param values that something refers to, each once
 * @param incomplete values of which a chunk is missing or damaged
 * @param chunks of them that are here and whole
 * @param bytes of these as they are stored
 * @param missing chunks of them that are not here
 * @param damaged chunks of them that are not what their names say, or have no place in their value
 * @param unreferenced chunks that are here and that nothing refers to; a sweep removes them
 * @param unreferencedBytes of these as they are stored
 */
public record BlobReport(
    long values,
    long incomplete,
    long chunks,
    long bytes,
    long missing,
    long damaged,
    long unreferenced,
    long unreferencedBytes) {
  /** Whether every value can be read. */
  public boolean isWhole() {
    return missing == 0 && damaged == 0;
  }
}
