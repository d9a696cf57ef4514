package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.operation.Value.EpochCount;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a key is after updates of one writer, in order. With one writer nothing is concurrent, and
 * every type is a plain collection; none of the code that the store uses is used here.
 */
sealed interface KeyModel {
  /** What comes next happens. */
  void apply(Update update);

  /** What a reader should see. */
  Value value();

  /** Whether a map shows a field with it. */
  boolean isPresent();

  /** The model of a key that was never written. */
  static KeyModel of(Strategy strategy) {
    return switch (strategy) {
      case LWW_REGISTER -> new Register();
      case MV_REGISTER -> new Siblings();
      case EPOCH_MAX -> new Epoch();
      case G_COUNTER, PN_COUNTER -> new Counter();
      case G_SET, OR_SET -> new Elements();
      case EW_FLAG -> new Flag();
      case LWW_MAP -> new Fields(Register::new);
      case OR_MAP_OF_OR_SET -> new Fields(Elements::new);
      case OR_MAP_OF_MV_REGISTER -> new Fields(Siblings::new);
      case OR_MAP_OF_EW_FLAG -> new Fields(Flag::new);
      case OR_MAP_OF_PN_COUNTER -> new Fields(Counter::new);
      case JOURNAL -> new Events();
    };
  }

  /** The workload has no such update for the type. */
  private static AssertionError unexpected(Update update) {
    return new AssertionError(update.toString());
  }

  /** The last value that was set. */
  final class Register implements KeyModel {
    private @Nullable Bytes last;

    @Override
    public void apply(Update update) {
      last = update instanceof Update.SetValue set ? set.value() : null;
    }

    @Override
    public Value value() {
      return new Value.Register(last);
    }

    @Override
    public boolean isPresent() {
      return last != null;
    }
  }

  /** The same, shown as a list of what stands beside each other: one writer never has two. */
  final class Siblings implements KeyModel {
    private @Nullable Bytes last;

    @Override
    public void apply(Update update) {
      last = update instanceof Update.SetValue set ? set.value() : null;
    }

    @Override
    public Value value() {
      return new Value.Elements(last == null ? List.of() : List.of(last));
    }

    @Override
    public boolean isPresent() {
      return last != null;
    }
  }

  /** The greatest point since the last delete. */
  final class Epoch implements KeyModel {
    private @Nullable EpochCount greatest;

    @Override
    public void apply(Update update) {
      if (update instanceof Update.PutEpoch put) {
        EpochCount point = new EpochCount(put.epoch(), put.count());
        EpochCount before = greatest;
        greatest = before == null || point.compareTo(before) > 0 ? point : before;
      } else {
        greatest = null;
      }
    }

    @Override
    public Value value() {
      return new Value.Epoch(greatest);
    }

    @Override
    public boolean isPresent() {
      return greatest != null;
    }
  }

  /** A sum, and whether anything counts towards it. */
  final class Counter implements KeyModel {
    private long sum;
    private boolean counted;

    @Override
    public void apply(Update update) {
      counted = !(update instanceof Update.Delete);
      if (update instanceof Update.Increment more) {
        sum += more.amount();
      } else if (update instanceof Update.Decrement less) {
        sum -= less.amount();
      } else {
        sum = 0;
      }
    }

    @Override
    public Value value() {
      return new Value.Counter(BigInteger.valueOf(sum));
    }

    @Override
    public boolean isPresent() {
      return counted;
    }
  }

  /** A set. */
  final class Elements implements KeyModel {
    private final TreeSet<Bytes> elements = new TreeSet<>();

    @Override
    public void apply(Update update) {
      if (update instanceof Update.Add add) {
        elements.add(add.element());
      } else if (update instanceof Update.Remove remove) {
        elements.remove(remove.item());
      } else {
        elements.clear();
      }
    }

    @Override
    public Value value() {
      return new Value.Elements(List.copyOf(elements));
    }

    @Override
    public boolean isPresent() {
      return !elements.isEmpty();
    }
  }

  /** A truth. */
  final class Flag implements KeyModel {
    private boolean enabled;

    @Override
    public void apply(Update update) {
      enabled = update instanceof Update.Enable;
    }

    @Override
    public Value value() {
      return new Value.Flag(enabled);
    }

    @Override
    public boolean isPresent() {
      return enabled;
    }
  }

  /** A map of the others. */
  final class Fields implements KeyModel {
    private final TreeMap<Bytes, KeyModel> fields = new TreeMap<>();
    private final Supplier<KeyModel> nested;

    Fields(Supplier<KeyModel> nested) {
      this.nested = nested;
    }

    @Override
    public void apply(Update update) {
      if (update instanceof Update.PutField put) {
        apply(put.field(), new Update.SetValue(put.value()));
      } else if (update instanceof Update.UpdateField inner) {
        apply(inner.field(), inner.nested());
      } else if (update instanceof Update.Remove remove) {
        fields.remove(remove.item());
      } else if (update instanceof Update.Delete) {
        fields.clear();
      } else {
        throw unexpected(update);
      }
    }

    private void apply(Bytes field, Update update) {
      KeyModel model = fields.computeIfAbsent(field, f -> nested.get());
      model.apply(update);
      if (!model.isPresent()) {
        fields.remove(field);
      }
    }

    @Override
    public Value value() {
      TreeMap<Bytes, Value> values = new TreeMap<>();
      fields.forEach((field, model) -> values.put(field, model.value()));
      return new Value.Fields(values);
    }

    @Override
    public boolean isPresent() {
      return !fields.isEmpty();
    }
  }

  /** A list. */
  final class Events implements KeyModel {
    private final List<Bytes> events = new ArrayList<>();

    @Override
    public void apply(Update update) {
      if (update instanceof Update.Append append) {
        events.add(append.event());
      } else {
        throw unexpected(update);
      }
    }

    @Override
    public Value value() {
      return new Value.Events(List.copyOf(events));
    }

    @Override
    public boolean isPresent() {
      return !events.isEmpty();
    }
  }
}
