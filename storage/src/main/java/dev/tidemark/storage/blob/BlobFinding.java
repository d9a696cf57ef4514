package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import java.nio.file.Path;

/**
 * A chunk that is not as it should be.
 *
 * @param kind what is wrong with it
 * @param value one that needs it
 * @param chunk its hash
 * @param file where it should be
 * @param message what was expected and what was found
 */
public record BlobFinding(Kind kind, LargeValue value, Bytes chunk, Path file, String message) {
  /** What can be wrong. */
  public enum Kind {
    /** It is not here: never fetched, or lost. */
    MISSING,
    /** It is not what its name says, or cannot be read. */
    DAMAGED,
    /** It is whole, and has no place in the value, which is not of the length that it claims. */
    MISPLACED
  }
}
