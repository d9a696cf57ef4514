package dev.tidemark.storage.log;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** How far the log is forced, and the durable mark that says so. */
final class LogSync implements AutoCloseable {
  private final DurableMark mark;
  private final Fuse fuse;
  private final long markIntervalNanos;
  private final Forcing forcing;
  private final GroupCommit group;

  /** Forces what is appended by now; gives the position up to which that is. */
  @FunctionalInterface
  interface Forcing {
    long force(long synced) throws IOException;
  }

  /** Something to do with the turn; gives the position up to which the log is forced then. */
  @FunctionalInterface
  interface Turn {
    long run() throws IOException;
  }

  LogSync(DurableMark mark, Fuse fuse, long markIntervalMillis, Forcing forcing) {
    this.mark = mark;
    this.fuse = fuse;
    this.markIntervalNanos = TimeUnit.MILLISECONDS.toNanos(markIntervalMillis);
    this.forcing = forcing;
    this.group = new GroupCommit(mark.position(), this::round, fuse::requireWhole);
  }

  /** The position up to which the log survives a power loss. */
  long synced() {
    return group.synced();
  }

  /** Returns when it does up to a position; shares the force of others. */
  void await(long position) {
    group.await(position);
  }

  /** Forces what is appended by now; whoever runs it has the turn. */
  private long round() {
    return fuse.guard(
        "force",
        () -> {
          long reached = forcing.force(synced());
          // A page that could not be had while it ran was not in what it saved.
          fuse.requireWhole();
          mark.advance(reached);
          if (markIsDue()) {
            mark.force();
          }
          return reached;
        });
  }

  /** Makes the mark survive a power loss too, when it is due. */
  void forceMarkWhenDue() {
    if (!mark.isForced() && markIsDue()) {
      exclusively("force mark", mark::force);
    }
  }

  /** Makes the mark survive a power loss too. */
  void forceMark() {
    exclusively("force mark", mark::force);
  }

  private boolean markIsDue() {
    return mark.age() >= markIntervalNanos;
  }

  /** Forces nothing else meanwhile; the turn may come after a close has had it. */
  void exclusively(String doing, Turn turn) {
    group.exclusively(
        () -> {
          fuse.requireWhole();
          return fuse.guard(doing, turn::run);
        });
  }

  /** Does something with the turn whatever has failed before. */
  void closing(Runnable turn) {
    group.exclusively(
        () -> {
          turn.run();
          return group.synced();
        });
  }

  /** Says that the log is forced up to a position, for good; whoever does it has the turn. */
  long forcedTo(long position) throws IOException {
    mark.advance(position);
    return mark.force();
  }

  @Override
  public void close() throws IOException {
    mark.close();
  }
}
