package dev.tidemark.replication.simulation;

import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Time, chance, and what is to happen when. One thread does everything, one thing after the other,
 * in the order that the seed gives.
 */
final class World {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;
  private static final long BEGIN_MILLIS = 1_700_000_000_000L;
  private static final int HISTORY = 60;

  private final PriorityQueue<Happening> agenda = new PriorityQueue<>();
  private final String[] history = new String[HISTORY];
  private long told;
  final SplittableRandom random;
  final long seed;
  private long order;
  private long nanos;
  private long events;
  private long trace = 17;

  private record Happening(long at, long order, Runnable what) implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  World(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  long nanos() {
    return nanos;
  }

  long wallMillis() {
    return BEGIN_MILLIS + nanos / MILLI;
  }

  /** From 1 to so many nanoseconds. */
  long upTo(long most) {
    return 1 + random.nextLong(most);
  }

  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  <T> T anyOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** Something is to happen after a time. */
  void in(long delay, Runnable what) {
    agenda.add(new Happening(nanos + delay, order++, what));
  }

  /** A delivered frame, an update, or a fault: what is counted, and told where one is searched. */
  void event(Object what, long node, long detail) {
    events++;
    note(what, node, detail);
  }

  /** The same for what is no event of its own. */
  void note(Object what, long node, long detail) {
    String line = nanos + " " + what + " node=" + node + " " + detail;
    history[(int) (told++ % HISTORY)] = line;
    trace = 31 * trace + line.hashCode();
  }

  long events() {
    return events;
  }

  /** Equal for runs in which the same happened. */
  long trace() {
    return trace;
  }

  String story() {
    StringBuilder story = new StringBuilder("seed " + seed + ", " + events + " events:\n");
    for (long i = Math.max(0, told - HISTORY); i < told; i++) {
      story.append(history[(int) (i % HISTORY)]).append('\n');
    }
    return story.toString();
  }

  /** Lets time pass until something is so; false if it did not become so in time. */
  boolean passUntil(BooleanSupplier so, long deadline) {
    while (!so.getAsBoolean()) {
      Happening next = agenda.peek();
      if (next == null || next.at() > deadline) {
        nanos = Math.max(nanos, deadline);
        return so.getAsBoolean();
      }
      agenda.remove();
      nanos = Math.max(nanos, next.at());
      next.what().run();
    }
    return true;
  }
}
