package dev.tidemark.replication.consistency;

import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import java.time.Duration;

/**
 * A level was not reached in time. An update is made nevertheless, and reaches the others when they
 * can be reached: it must not be made again.
 */
public final class LevelTimeoutException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  private final long position;
  private final transient Progress progress;

  private LevelTimeoutException(Problem problem, long position, Progress progress) {
    super(problem);
    this.position = position;
    this.progress = progress;
  }

  static LevelTimeoutException ofUpdate(long position, Progress progress, Duration timeout) {
    Problem problem =
        problem("update was not acknowledged by enough members in time", progress, timeout)
            .with("position", position)
            .advise("it is made here and will reach the others: do not make it again");
    return new LevelTimeoutException(problem, position, progress);
  }

  static LevelTimeoutException ofRead(Progress progress, Duration timeout) {
    Problem problem =
        problem("not enough members could be read from in time", progress, timeout)
            .advise("try again, or read at a lower level");
    return new LevelTimeoutException(problem, 0, progress);
  }

  private static Problem problem(String title, Progress progress, Duration timeout) {
    return Problem.of(title)
        .with("level", progress.level())
        .with("members", progress.members())
        .with("needed", progress.needed())
        .with("reached", progress.reached().size())
        .with("timeoutMillis", timeout.toMillis());
  }

  /** The log position of the update; 0 for a read. */
  public long position() {
    return position;
  }

  /** Who was reached. */
  public Progress progress() {
    return progress;
  }
}
