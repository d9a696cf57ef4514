package dev.tidemark;

import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A process whose threads share forces. Each says which of its numbered commits are in until the
 * disk fails; then tries a few times more, and says {@code done}, or {@code again} if an update has
 * returned all the same. It waits to be killed: closing would write.
 */
final class RefusedWriter {
  static final int THREADS = 4;

  private static final int TRIES = 5;
  private static final int PADDING = 500;

  private final Tidemark store;
  private long number;

  private RefusedWriter(Tidemark store) {
    this.store = store;
  }

  /** Argument: the directory. */
  public static void main(String[] arguments) {
    RefusedWriter writer =
        new RefusedWriter(
            Tidemark.open(Path.of(arguments[0]), NumberedCommits.SCHEMA, NumberedCommits.OPTIONS));
    for (int i = 0; i < THREADS; i++) {
      new Thread(writer::write).start();
    }
    while (true) {
      LockSupport.park();
    }
  }

  private record Logged(long number, long position) {}

  private synchronized Logged log() {
    long position = NumberedCommits.write(store, number + 1, PADDING, Durability.BUFFERED);
    number++;
    return new Logged(number, position);
  }

  private long commit() {
    Logged logged = log();
    store.awaitSynced(logged.position());
    return logged.number();
  }

  private void write() {
    try {
      while (true) {
        System.out.println(commit());
      }
    } catch (StorePoisonedException e) {
      String said = "done";
      for (int i = 0; i < TRIES; i++) {
        said = isRefused() ? said : "again";
      }
      System.out.println(said);
    }
  }

  private boolean isRefused() {
    try {
      commit();
      return false;
    } catch (StorePoisonedException e) {
      return true;
    }
  }
}
