package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.counter.CounterState.Totals;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.CounterRangeException;
import dev.tidemark.error.Problem;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prepares and describes the updates of one counter, alone or in a map's field. */
final class CounterUpdates {
  private CounterUpdates() {}

  /** The delta of an update, or null if a counter has no such update. */
  static byte @Nullable [] prepare(Update update, byte[] seen, long replica, boolean goesDown) {
    if (update instanceof Update.Increment up) {
      Totals own = CounterState.totals(seen, replica, goesDown);
      long added = total(own.added(), Arguments.amount(up.amount()));
      return CounterState.encodeOne(
          replica, new Totals(added, own.addedBaseline(), 0, 0), goesDown);
    }
    if (update instanceof Update.Decrement down && goesDown) {
      Totals own = CounterState.totals(seen, replica, true);
      long taken = total(own.taken(), Arguments.amount(down.amount()));
      return CounterState.encodeOne(replica, new Totals(0, 0, taken, own.takenBaseline()), true);
    }
    if (update instanceof Update.Delete) {
      return CounterState.decode(seen, goesDown).reset();
    }
    return null;
  }

  private static long total(long before, long amount) {
    long after = before + amount;
    if (after < 0) {
      BigInteger exact = BigInteger.valueOf(before).add(BigInteger.valueOf(amount));
      throw new CounterRangeException(
          Problem.of("counter total of this replica is over 64 bits")
              .with("total", before)
              .with("amount", amount)
              .advise(
                  "nothing was changed; use a new key: a delete resets the value, not this total"),
          exact);
    }
    return after;
  }

  /**
   * What a delta does to one counter: the running totals it gives a replica, or the reset it makes.
   */
  static List<Effect> effects(@Nullable Bytes field, byte[] delta, boolean goesDown) {
    CounterState state = CounterState.decode(delta, goesDown);
    String verb = state.isUnobserved() ? "raise to" : "reset";
    Value totals = state.isUnobserved() ? new Value.Counter(state.sum()) : null;
    return List.of(new Effect(verb, field, totals, List.of()));
  }
}
