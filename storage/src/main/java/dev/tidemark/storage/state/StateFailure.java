package dev.tidemark.storage.state;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The one place where a failure of RocksDB becomes one of ours. */
final class StateFailure {
  private static final String VERIFY =
      "run `tidemark verify`, then restore a snapshot or rebuild the state from the log";

  private StateFailure() {}

  static TidemarkException of(RocksDBException e, Path directory) {
    Status status = e.getStatus();
    Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
    String text = text(e, status);
    if (code == Status.Code.Corruption || isMissingFile(text)) {
      return new DamagedException(problem("state is damaged", directory, text).advise(VERIFY), e);
    }
    if (isLock(text)) {
      return new StoreLockedException(
          problem("state is open elsewhere", directory, text)
              .advise("close it there, or open it read-only"),
          e);
    }
    if (isFull(text)
        || isStall(e)
        || (status != null && status.getSubCode() == Status.SubCode.NoSpace)) {
      return new OutOfSpaceException(
          problem("no space left for the state", directory, text)
              .advise("free some space: it is noticed within 5 s, and nothing is lost"),
          e);
    }
    return new StoreUnusableException(
        problem("state cannot be used", directory, text)
            .with("code", code)
            .advise("see the status; reopen the store once its cause is gone"),
        e);
  }

  /** Whether a write was refused until RocksDB has flushed or compacted. */
  static boolean isStall(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Incomplete;
  }

  /**
   * Decodes a stored record: if its checksum holds but its bytes make no sense, the state is
   * damaged.
   */
  static <T> T decode(Path directory, byte[] bytes, Function<byte[], T> decoder) {
    try {
      return decoder.apply(bytes);
    } catch (MalformedException e) {
      throw new DamagedException(
          problem("state has a malformed record", directory, String.valueOf(e.getMessage()))
              .advise(VERIFY),
          e);
    }
  }

  static DamagedException damaged(String title, Path directory, String what) {
    return new DamagedException(problem(title, directory, what).advise(VERIFY));
  }

  private static Problem problem(String title, Path directory, String status) {
    return Problem.of(title).with("directory", directory).with("status", status);
  }

  private static String text(RocksDBException e, @Nullable Status status) {
    String state = status == null ? null : status.getState();
    return state == null || state.isEmpty() ? String.valueOf(e.getMessage()) : state;
  }

  /** Whether a status says that a file is not there. */
  static boolean isMissingFile(String text) {
    return text.contains("No such file or directory");
  }

  /** Some of its messages carry the cause in words alone. */
  private static boolean isFull(String text) {
    return text.contains("No space left on device") || text.contains("Disk quota exceeded");
  }

  private static boolean isLock(String text) {
    return text.contains("lock hold by current process") || text.contains("While lock file");
  }
}
