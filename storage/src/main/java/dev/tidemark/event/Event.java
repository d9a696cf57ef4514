package dev.tidemark.event;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something a subscriber is told, in the order of the log. */
public sealed interface Event {
  /** Where in the log it stands: resume from the position after it. */
  long position();

  /** Who caused a change. */
  enum Cause {
    /** An update of this store. */
    LOCAL,
    /** A commit of another replica. */
    REMOTE,
    /** What several commits come to, of one replica or more: the log has folded them. */
    FOLDED
  }

  /**
   * One operation of a synced commit, or what several have come to.
   *
   * @param position the commit's log position, or the last one of those that were folded
   * @param operation who made it, and where in that replica's order; null if it was folded
   * @param cause here or elsewhere
   * @param key the key
   * @param strategy the key's strategy
   * @param effects what it does, in words of the strategy
   * @param before the value it found; of sets, maps and journals only the elements, fields or
   *     events it touches. Null if the event is read back from the log.
   * @param after the same after the operation; read back from the log it is the value of now
   * @param partial whether it touched so many elements that {@code before} and {@code after} leave
   *     some out
   */
  record Change(
      long position,
      @Nullable Dot operation,
      Cause cause,
      String key,
      Strategy strategy,
      List<Effect> effects,
      @Nullable Value before,
      Value after,
      boolean partial)
      implements Event {}

  /**
   * The log no longer holds the commits asked for one by one; the current values follow.
   *
   * @param from the first position that is missing
   * @param to the last one
   */
  record Compacted(long from, long to) implements Event {
    @Override
    public long position() {
      return to;
    }
  }

  /**
   * A key's whole value, after {@link Compacted}.
   *
   * @param position the log position at which it was read
   */
  record Current(long position, String key, Strategy strategy, Value value) implements Event {}
}
