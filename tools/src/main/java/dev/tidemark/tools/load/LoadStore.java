package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;

/** Opens the store of a workload, and begins sessions in it. */
final class LoadStore {
  /** Short, so that there are large values. */
  static final int INLINE_LIMIT = 600;

  /**
   * Small, so that segments are sealed and deltas folded all the time; members that are not heard
   * of keep two segments.
   */
  static final Options OPTIONS =
      Options.defaults()
          .withSegmentBytes(256 << 10)
          .withOverlayBytes(256 << 10)
          .withCacheBytes(8 << 20)
          .withInlineLimit(INLINE_LIMIT)
          .withStewardInterval(Duration.ofMillis(50))
          .withRetention(Retention.defaults().withRetainBytes(512 << 10));

  private LoadStore() {}

  static Tidemark open(Path directory) {
    return Tidemark.open(directory, Keys.SCHEMA, OPTIONS);
  }

  /** The same with nothing going on behind one's back, to read it in peace. */
  static Tidemark openStill(Path directory) {
    return Tidemark.open(
        directory,
        Keys.SCHEMA,
        OPTIONS
            .withCompactionBytesPerSecond(0)
            .withRetention(Retention.byCommandOnly())
            .withStewardInterval(Duration.ZERO));
  }

  /** The session that comes next, by what the file tells and by what the store tells. */
  static SessionHeader next(
      Tidemark store, AckLog log, SessionHeader.Kind kind, long seed, int writers) {
    long number = log.lastSession();
    for (long known : store.gSet(Keys.SESSIONS, Codec.int64()).elements()) {
      number = Math.max(number, known);
    }
    SecureRandom random = new SecureRandom();
    long remote = 0;
    while (remote == 0 || remote == store.replicaId()) {
      remote = random.nextLong();
    }
    long at = store.status().appendedPosition();
    return new SessionHeader(number + 1, kind, seed, writers, at, remote);
  }

  /**
   * Writes into the store that a session has begun, and with whom; the file has to have it by then.
   */
  static long register(Tidemark store, SessionHeader session) {
    LoadCluster.gather(store, session.remote());
    return store.gSet(Keys.SESSIONS, Codec.int64()).with(Durability.BUFFERED).add(session.number());
  }
}
