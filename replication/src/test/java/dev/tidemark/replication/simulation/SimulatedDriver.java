package dev.tidemark.replication.simulation;

import dev.tidemark.replication.session.Driver;
import dev.tidemark.replication.session.Session;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Takes the steps of one session when the world says so. */
final class SimulatedDriver implements Driver {
  private static final long LONGEST_STEP_NANOS = 200_000;

  private final World world;
  private final LongSupplier wallMillis;
  private final Wire.End end;
  private @Nullable Session session;
  private @Nullable Half reading;
  private @Nullable Half writing;
  private boolean isWriting;
  private boolean scheduled;

  SimulatedDriver(World world, LongSupplier wallMillis, Wire.End end) {
    this.world = world;
    this.wallMillis = wallMillis;
    this.end = end;
  }

  void of(Session of) {
    session = of;
  }

  @Override
  public long nanos() {
    return world.nanos();
  }

  @Override
  public long millis() {
    return wallMillis.getAsLong();
  }

  @Override
  public Motion start(Half first, Half second) {
    reading = first;
    writing = second;
    poke();
    return this::join;
  }

  /** Whoever waits for its end takes its last steps. */
  private void join() {
    while (!isOver()) {
      if (!(read() | write())) {
        throw new AssertionError("session does not end");
      }
    }
  }

  private boolean isOver() {
    return reading == null && writing == null;
  }

  /** Whether it sends. */
  boolean isWriting() {
    return isWriting;
  }

  /** There may be a step to take. */
  void poke() {
    if (!scheduled && !isOver()) {
      scheduled = true;
      world.in(world.upTo(LONGEST_STEP_NANOS), this::steps);
    }
  }

  private void steps() {
    scheduled = false;
    boolean moved = read() | write();
    if (moved) {
      poke();
    }
  }

  private boolean read() {
    Half half = reading;
    if (half == null || !half.isReady()) {
      return false;
    }
    if (!half.step()) {
      reading = null;
    }
    end.node.touch();
    return true;
  }

  /** Whether there was a signal must not matter. */
  private boolean write() {
    Half half = writing;
    Session of = session;
    if (half == null || of == null || !(end.isReady() || of.ended() != null)) {
      return false;
    }
    of.onReady();
    isWriting = true;
    long before = end.sent();
    try {
      if (!half.step()) {
        writing = null;
      }
    } finally {
      isWriting = false;
    }
    return writing == null || end.sent() != before;
  }

  /** A step that would wait is not taken: one thread waits for all. */
  @Override
  public void await(Object lock, BooleanSupplier so, long millis) {
    throw new AssertionError("a step waits");
  }
}
