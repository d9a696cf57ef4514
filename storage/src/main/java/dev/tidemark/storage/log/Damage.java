package dev.tidemark.storage.log;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import java.nio.file.Path;

/**
 * Where a segment stops being what was written.
 *
 * @param file the segment's data file
 * @param offset the byte at which the bad entry begins
 * @param position the position that was due there; 0 if it is not known
 * @param expected what should be there
 * @param actual what is there
 */
public record Damage(Path file, long offset, long position, String expected, String actual) {
  /** The failure that tells it. */
  public DamagedException exception() {
    return new DamagedException(
        Problem.of("log is damaged")
            .with("file", file)
            .with("offset", offset)
            .with("position", position == 0 ? "unknown" : Long.toString(position))
            .with("expected", expected)
            .with("actual", actual)
            .advise("run verify, then repair from a peer or restore a snapshot"));
  }
}
