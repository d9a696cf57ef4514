package dev.tidemark.engine.laws;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What each type means: the value as a function of the set of operations seen, in the plainest
 * words. It knows nothing of lattices and judges them.
 */
public final class Meaning {
  private final Collection<Op> seen;

  private Meaning(Collection<Op> seen) {
    this.seen = seen;
  }

  public static Value of(Strategy strategy, Collection<Op> seen) {
    Meaning meaning = new Meaning(seen);
    return switch (strategy) {
      case LWW_REGISTER -> meaning.newestValue();
      case EPOCH_MAX -> meaning.greatestPoint();
      case G_COUNTER, PN_COUNTER -> new Value.Counter(meaning.sum(Op::update));
      case G_SET, OR_SET -> new Value.Elements(meaning.elements(Op::update));
      case MV_REGISTER -> new Value.Elements(meaning.siblings(Op::update));
      case EW_FLAG -> new Value.Flag(meaning.isEnabled(Op::update));
      case LWW_MAP -> meaning.newestFields();
      case OR_MAP_OF_OR_SET, OR_MAP_OF_MV_REGISTER, OR_MAP_OF_EW_FLAG, OR_MAP_OF_PN_COUNTER ->
          meaning.fields(strategy);
      case JOURNAL -> meaning.events();
    };
  }

  /** Whether an increment or decrement is there that no delete has seen. */
  static boolean isCounted(Collection<Op> seen) {
    return new Meaning(seen).isCounted(Op::update);
  }

  /** How an operation looks from inside a key or a field: null if it has nothing to do with it. */
  private interface Look {
    Update at(Op op);
  }

  private Value newestValue() {
    return seen.stream()
        .max(Comparator.comparing(Op::version))
        .map(op -> content(op.update()))
        .orElse(new Value.Register(null));
  }

  private static Value content(Update update) {
    if (update instanceof Update.SetLarge set) {
      return new Value.Large(set.value());
    } else if (update instanceof Update.PutLargeField put) {
      return new Value.Large(put.value());
    } else if (update instanceof Update.PutField put) {
      return new Value.Register(put.value());
    }
    return new Value.Register(update instanceof Update.SetValue set ? set.value() : null);
  }

  private Value greatestPoint() {
    Version cut = newestDelete();
    return seen.stream()
        .filter(op -> op.update() instanceof Update.PutEpoch)
        .filter(op -> cut == null || op.version().compareTo(cut) > 0)
        .map(op -> (Update.PutEpoch) op.update())
        .map(put -> new Value.EpochCount(put.epoch(), put.count()))
        .max(Comparator.naturalOrder())
        .map(Value.Epoch::new)
        .orElse(new Value.Epoch(null));
  }

  private Version newestDelete() {
    return seen.stream()
        .filter(op -> op.update() instanceof Update.Delete)
        .map(Op::version)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  /** Whether some operation of a kind had seen this one. */
  private boolean isObservedBy(Op op, Predicate<Op> killers) {
    return seen.stream().filter(killers).anyMatch(killer -> killer.sees(op));
  }

  private BigInteger sum(Look look) {
    BigInteger sum = BigInteger.ZERO;
    for (Op op : seen) {
      if (!isObservedBy(op, k -> look.at(k) instanceof Update.Delete)) {
        if (look.at(op) instanceof Update.Increment up) {
          sum = sum.add(BigInteger.valueOf(up.amount()));
        } else if (look.at(op) instanceof Update.Decrement down) {
          sum = sum.subtract(BigInteger.valueOf(down.amount()));
        }
      }
    }
    return sum;
  }

  private boolean isCounted(Look look) {
    return seen.stream()
        .filter(
            op ->
                look.at(op) instanceof Update.Increment || look.at(op) instanceof Update.Decrement)
        .anyMatch(op -> !isObservedBy(op, k -> look.at(k) instanceof Update.Delete));
  }

  private List<Bytes> elements(Look look) {
    TreeSet<Bytes> elements = new TreeSet<>();
    for (Op op : seen) {
      if (look.at(op) instanceof Update.Add add) {
        boolean gone =
            isObservedBy(
                op,
                k ->
                    look.at(k) instanceof Update.Delete
                        || Objects.equals(look.at(k), new Update.Remove(add.element())));
        if (!gone) {
          elements.add(add.element());
        }
      }
    }
    return new ArrayList<>(elements);
  }

  private List<Bytes> siblings(Look look) {
    TreeSet<Bytes> siblings = new TreeSet<>();
    for (Op op : seen) {
      if (look.at(op) instanceof Update.SetValue set && !isObservedBy(op, k -> sets(look.at(k)))) {
        siblings.add(set.value());
      }
    }
    return new ArrayList<>(siblings);
  }

  private static boolean sets(Update update) {
    return update instanceof Update.SetValue || update instanceof Update.Delete;
  }

  private boolean isEnabled(Look look) {
    return seen.stream()
        .filter(op -> look.at(op) instanceof Update.Enable)
        .anyMatch(
            op ->
                !isObservedBy(
                    op,
                    k ->
                        look.at(k) instanceof Update.Disable
                            || look.at(k) instanceof Update.Delete));
  }

  private Value newestFields() {
    Version cut = newestDelete();
    TreeMap<Bytes, Op> newest = new TreeMap<>();
    for (Op op : seen) {
      if (!(op.update() instanceof Update.Delete)
          && (cut == null || op.version().compareTo(cut) > 0)) {
        newest.merge(
            field(op.update()), op, (a, b) -> a.version().compareTo(b.version()) > 0 ? a : b);
      }
    }
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    newest.forEach(
        (field, op) -> {
          if (!(op.update() instanceof Update.Remove)) {
            fields.put(field, content(op.update()));
          }
        });
    return new Value.Fields(fields);
  }

  private static Bytes field(Update update) {
    if (update instanceof Update.PutField put) {
      return put.field();
    }
    if (update instanceof Update.PutLargeField put) {
      return put.field();
    }
    return update instanceof Update.UpdateField nested
        ? nested.field()
        : ((Update.Remove) update).item();
  }

  private Value fields(Strategy strategy) {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    for (Op op : seen) {
      if (!(op.update() instanceof Update.Delete)) {
        Bytes field = field(op.update());
        Value value = fieldValue(strategy, inside(field));
        if (value != null) {
          fields.put(field, value);
        }
      }
    }
    return new Value.Fields(fields);
  }

  /** To a field, its own remove and the delete of the whole key are deletes. */
  private static Look inside(Bytes field) {
    return op -> {
      if (op.update() instanceof Update.Delete) {
        return op.update();
      }
      if (!field(op.update()).equals(field)) {
        return null;
      }
      return op.update() instanceof Update.UpdateField nested
          ? nested.nested()
          : new Update.Delete();
    };
  }

  private Value fieldValue(Strategy strategy, Look look) {
    switch (strategy) {
      case OR_MAP_OF_OR_SET:
        List<Bytes> elements = elements(look);
        return elements.isEmpty() ? null : new Value.Elements(elements);
      case OR_MAP_OF_MV_REGISTER:
        List<Bytes> siblings = siblings(look);
        return siblings.isEmpty() ? null : new Value.Elements(siblings);
      case OR_MAP_OF_EW_FLAG:
        return isEnabled(look) ? new Value.Flag(true) : null;
      default:
        return isCounted(look) ? new Value.Counter(sum(look)) : null;
    }
  }

  private Value events() {
    return new Value.Events(
        seen.stream()
            .sorted(Comparator.comparing(Op::version))
            .map(op -> ((Update.Append) op.update()).event())
            .toList());
  }
}
