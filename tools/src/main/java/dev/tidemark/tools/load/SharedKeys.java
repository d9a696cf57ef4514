package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.operation.Value.EpochCount;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What shared keys come to, of which the writers' parts cannot be told apart. */
final class SharedKeys {
  private SharedKeys() {}

  /** Whether every element, field or event of the strategy's keys bears the tag of its writer. */
  static boolean isTaggedByItem(Strategy strategy) {
    return switch (strategy) {
      case LWW_REGISTER, MV_REGISTER, EPOCH_MAX, G_COUNTER, PN_COUNTER, EW_FLAG -> false;
      default -> true;
    };
  }

  /**
   * What is wrong with a shared key, or null if it can be what the writers made of it together.
   *
   * @param parts what each writer made of it
   */
  static @Nullable String refusal(Strategy strategy, List<Value> parts, @Nullable Value actual) {
    return switch (strategy) {
      case G_COUNTER, PN_COUNTER -> differs(sum(parts), actual);
      case EPOCH_MAX -> differs(greatest(parts), actual);
      case EW_FLAG -> differs(new Value.Flag(!parts.isEmpty()), actual);
      default -> amongLast(parts, actual);
    };
  }

  private static @Nullable String differs(Value expected, @Nullable Value actual) {
    return expected.equals(actual) ? null : "expected " + expected + ", actual " + actual;
  }

  private static Value sum(List<Value> parts) {
    BigInteger sum = BigInteger.ZERO;
    for (Value part : parts) {
      sum = sum.add(((Value.Counter) part).sum());
    }
    return new Value.Counter(sum);
  }

  private static Value greatest(List<Value> parts) {
    EpochCount greatest = null;
    for (Value part : parts) {
      EpochCount point = ((Value.Epoch) part).point();
      if (point != null && (greatest == null || point.compareTo(greatest) > 0)) {
        greatest = point;
      }
    }
    return new Value.Epoch(greatest);
  }

  /** Of a register each writer's last value may be what is left, and one of them is. */
  private static @Nullable String amongLast(List<Value> parts, @Nullable Value actual) {
    List<Bytes> last = new ArrayList<>();
    parts.forEach(part -> last.addAll(values(part)));
    List<Bytes> held = actual == null ? List.of() : values(actual);
    boolean possible = last.containsAll(held) && !held.isEmpty();
    return possible ? null : "expected one of " + last + ", actual " + held;
  }

  private static List<Bytes> values(Value value) {
    if (value instanceof Value.Register register) {
      return register.value() == null ? List.of() : List.of(register.value());
    }
    return ((Value.Elements) value).elements();
  }
}
