package dev.tidemark.storage.core;

import dev.tidemark.error.OutOfSpaceException;
import java.util.List;

/** Closes what a store holds. */
final class Closing {
  private Closing() {}

  /** Closes each, whatever the others do. */
  static void all(List<AutoCloseable> resources) {
    RuntimeException first = null;
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (OutOfSpaceException full) {
        // It is closed, and the log has what it could not write: the next open replays that.
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
