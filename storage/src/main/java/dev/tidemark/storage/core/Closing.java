package dev.tidemark.storage.core;

import dev.tidemark.error.OutOfSpaceException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Closes what a store holds. */
final class Closing {
  private Closing() {}

  /** Closes those that there are, whatever the others do. */
  static void present(@Nullable AutoCloseable... resources) {
    all(Stream.of(resources).filter(Objects::nonNull).toList());
  }

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
