package dev.tidemark.tools.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process on its way to its end. */
final class Casualty {
  /** What the shell calls a process that was killed. */
  private static final int KILLED = 128 + 9;

  /** A moment that does not come in this time after the first acknowledgement never comes. */
  private static final long LONGEST_WAIT_MILLIS = 3_000;

  /** No open, check or close takes as long. */
  private static final long HANG_MILLIS = 120_000;

  /** More than the line that a session begins with: an acknowledgement is among it. */
  private static final long FIRST_LINES = 160;

  private final Process process;
  private final Path acks;
  private final long linesBefore;
  private final long started = System.nanoTime();

  Casualty(Process process, Path acks, long linesBefore) {
    this.process = process;
    this.acks = acks;
    this.linesBefore = linesBefore;
  }

  /** How it ended. */
  enum End {
    /** Killed, when it should be. */
    KILLED,
    /** It did not come to the moment at which it was to kill itself. */
    NOT_REACHED,
    /** It ended by itself, in peace. */
    FINISHED,
    /** It ended by itself, with a failure. */
    FAILED,
    /** It did not end. */
    HUNG
  }

  /** Waits for its end, or brings it about. */
  End await(Kill kill, boolean endsByItself) throws IOException, InterruptedException {
    if (kill instanceof Kill.AfterStart start) {
      return killAt(start.millis());
    } else if (kill instanceof Kill.WhileWriting writing) {
      return awaitWriting() ? killAt(elapsedMillis() + writing.millis()) : hung();
    } else if (endsByItself) {
      return awaitEnd(HANG_MILLIS) ? end(process.exitValue(), End.FINISHED) : hung();
    }
    if (!awaitWriting()) {
      return hung();
    }
    return awaitEnd(LONGEST_WAIT_MILLIS)
        ? end(process.exitValue(), End.FINISHED)
        : end(destroy(), End.NOT_REACHED);
  }

  /** Waits until something is acknowledged or the process has ended; false if neither comes. */
  private boolean awaitWriting() throws IOException, InterruptedException {
    while (process.isAlive() && size() < linesBefore + FIRST_LINES) {
      if (elapsedMillis() > HANG_MILLIS) {
        return false;
      }
      awaitEnd(1);
    }
    return true;
  }

  /** What it has to say if it ends by itself. */
  private static End end(int exitCode, End otherwise) {
    if (otherwise == End.NOT_REACHED) {
      return otherwise;
    }
    if (exitCode == KILLED) {
      return End.KILLED;
    }
    return exitCode == 0 ? otherwise : End.FAILED;
  }

  private End killAt(long millis) throws InterruptedException {
    if (awaitEnd(Math.max(0, millis - elapsedMillis()))) {
      return end(process.exitValue(), End.FINISHED);
    }
    return end(destroy(), End.KILLED);
  }

  private End hung() throws InterruptedException {
    destroy();
    return End.HUNG;
  }

  private int destroy() throws InterruptedException {
    return process.destroyForcibly().waitFor();
  }

  private boolean awaitEnd(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  private long elapsedMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  private long size() throws IOException {
    return Files.exists(acks) ? Files.size(acks) : 0;
  }
}
