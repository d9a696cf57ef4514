package dev.tidemark;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that writes numbered commits and says of each, once its call has returned, that it is
 * in: {@code number durability nanoTime}. It ends when it is killed, or with the line {@code
 * failed} when an update is refused.
 */
final class AcknowledgingWriter {
  private static final int PADDING = 500;
  private static final long PAUSE_NANOS = 200_000;

  private AcknowledgingWriter() {}

  /**
   * Arguments: the directory; of how many commits one is {@code SYNCED}, 0 for none; the interval
   * of the background sync in milliseconds; and how many commits, unless it shall go on for ever.
   */
  public static void main(String[] arguments) {
    int every = Integer.parseInt(arguments[1]);
    Duration interval = Duration.ofMillis(Long.parseLong(arguments[2]));
    long last = arguments.length > 3 ? Long.parseLong(arguments[3]) : Long.MAX_VALUE;
    Options options = NumberedCommits.OPTIONS.withSyncInterval(interval);
    System.out.println("opening");
    try (Tidemark store = Tidemark.open(Path.of(arguments[0]), NumberedCommits.SCHEMA, options)) {
      for (long number = NumberedCommits.last(store) + 1; number <= last; number++) {
        boolean synced = every > 0 && number % every == 0;
        Durability durability = synced ? Durability.SYNCED : Durability.BUFFERED;
        NumberedCommits.write(store, number, PADDING, durability);
        System.out.println(number + " " + durability + " " + System.nanoTime());
        // So many that there is always something unsynced, so few that their check takes no time.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (TidemarkException e) {
      System.out.println("failed");
    }
  }
}
