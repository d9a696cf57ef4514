package dev.tidemark.engine.reissue;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The updates that lead from one value of a key to another. */
final class Difference {
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private final Strategy strategy;
  private final List<Update> updates = new ArrayList<>();
  private boolean isWhole = true;

  Difference(Strategy strategy) {
    this.strategy = strategy;
  }

  Reissue between(Value before, Value after) {
    if (before instanceof Value.Fields had && after instanceof Value.Fields has) {
      fields(had, has);
    } else {
      updates.addAll(nested(before, after));
    }
    return new Reissue(List.copyOf(updates), isWhole);
  }

  private void fields(Value.Fields before, Value.Fields after) {
    for (Bytes field : before.fields().keySet()) {
      if (!after.fields().containsKey(field)) {
        updates.add(new Update.Remove(field));
      }
    }
    after
        .fields()
        .forEach(
            (field, value) ->
                nested(before.fields().get(field), value)
                    .forEach(update -> updates.add(new Update.UpdateField(field, update))));
  }

  private List<Update> nested(@Nullable Value before, Value after) {
    if (after.equals(before)) {
      return List.of();
    }
    if (after instanceof Value.Counter has) {
      return counter(before instanceof Value.Counter had ? had.sum() : null, has.sum());
    }
    if (after instanceof Value.Flag flag) {
      return List.of(flag.enabled() ? new Update.Enable() : new Update.Disable());
    }
    List<Bytes> had = before instanceof Value.Elements elements ? elements.elements() : List.of();
    List<Bytes> has = ((Value.Elements) after).elements();
    return switch (strategy) {
      case MV_REGISTER, OR_MAP_OF_MV_REGISTER -> register(has);
      default -> elements(had, has);
    };
  }

  private List<Update> register(List<Bytes> values) {
    isWhole &= values.size() <= 1;
    if (values.size() > 1) {
      return List.of();
    }
    return List.of(values.isEmpty() ? new Update.Delete() : new Update.SetValue(values.get(0)));
  }

  private static List<Update> elements(List<Bytes> had, List<Bytes> has) {
    List<Update> updates = new ArrayList<>();
    Set<Bytes> gone = new LinkedHashSet<>(had);
    has.forEach(gone::remove);
    gone.forEach(element -> updates.add(new Update.Remove(element)));
    Set<Bytes> added = new LinkedHashSet<>(has);
    had.forEach(added::remove);
    added.forEach(element -> updates.add(new Update.Add(element)));
    return updates;
  }

  private List<Update> counter(@Nullable BigInteger had, BigInteger has) {
    BigInteger more = has.subtract(had == null ? BigInteger.ZERO : had);
    if (more.signum() < 0 && strategy == Strategy.G_COUNTER) {
      List<Update> anew = new ArrayList<>(List.of(new Update.Delete()));
      anew.addAll(steps(has));
      return anew;
    }
    if (more.signum() == 0) {
      // A field that was counted up and down again is there.
      return List.of(new Update.Increment(1), new Update.Decrement(1));
    }
    return steps(more);
  }

  private static List<Update> steps(BigInteger amount) {
    List<Update> steps = new ArrayList<>();
    for (BigInteger left = amount.abs(); left.signum() > 0; left = left.subtract(MOST)) {
      long step = left.min(MOST).longValueExact();
      steps.add(amount.signum() > 0 ? new Update.Increment(step) : new Update.Decrement(step));
    }
    return steps;
  }
}
