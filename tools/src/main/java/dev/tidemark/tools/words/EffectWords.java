package dev.tidemark.tools.words;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.tools.output.Escape;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a delta does, as one line: {@code update "cart" add "milk", overriding 7#12}. */
public final class EffectWords {
  private static final String NESTED = "update ";

  private EffectWords() {}

  /** All effects of one delta. */
  public static String of(Strategy strategy, List<Effect> effects) {
    if (effects.isEmpty()) {
      return "nothing seen to override";
    }
    return effects.stream().map(effect -> of(strategy, effect)).collect(Collectors.joining("; "));
  }

  private static String of(Strategy strategy, Effect effect) {
    StringBuilder out = new StringBuilder();
    Bytes item = effect.item();
    String verb = verb(effect);
    if (item == null) {
      out.append(verb);
    } else if (strategy.id().startsWith("or-map:") && !verb.equals("remove")) {
      String nested = verb.startsWith(NESTED) ? verb.substring(NESTED.length()) : verb;
      out.append(NESTED).append(Escape.quoted(item)).append(' ').append(nested);
    } else {
      out.append(verb).append(' ').append(Escape.quoted(item));
    }
    Value value = effect.value();
    if (value != null) {
      out.append(' ').append(words(value));
    }
    if (!effect.overrides().isEmpty()) {
      out.append(", overriding ");
      out.append(effect.overrides().stream().map(Dot::toString).collect(Collectors.joining(" ")));
    }
    return out.toString();
  }

  /** A counter logs what its origin has counted in all, up and down apart. */
  private static String verb(Effect effect) {
    if (effect.verb().equals("raise to") && effect.value() instanceof Value.Counter counter) {
      return counter.sum().signum() < 0 ? "raise decrements to" : "raise increments to";
    }
    return effect.verb();
  }

  private static String words(Value value) {
    if (value instanceof Value.Register register && register.value() != null) {
      return Escape.quoted(register.value());
    } else if (value instanceof Value.Large large) {
      return "a large value of " + large.value();
    } else if (value instanceof Value.Epoch epoch && epoch.point() != null) {
      Value.EpochCount point = epoch.point();
      return Long.toUnsignedString(point.epoch()) + " " + point.count();
    } else if (value instanceof Value.Counter counter) {
      return counter.sum().abs().toString();
    } else if (value instanceof Value.Elements elements) {
      return quoted(elements.elements());
    } else if (value instanceof Value.Events events) {
      return quoted(events.events());
    }
    return value.toString().toLowerCase(Locale.ROOT);
  }

  private static String quoted(Collection<Bytes> items) {
    return items.stream().map(Escape::quoted).collect(Collectors.joining(" "));
  }
}
