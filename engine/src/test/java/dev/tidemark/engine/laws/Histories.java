package dev.tidemark.engine.laws;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.blob.LargeValues;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Histories of every strategy, small enough that operations meet each other. */
public final class Histories {
  private static final Update DELETE = new Update.Delete();

  private Histories() {}

  public static Arbitrary<History> any() {
    return Arbitraries.of(Strategy.values()).flatMap(Histories::of);
  }

  public static Arbitrary<History> of(Strategy strategy) {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.integers().between(0, History.REPLICAS.length - 1),
                Arbitraries.integers().between(0, History.REPLICAS.length - 1),
                Arbitraries.integers().between(0, 3),
                Arbitraries.integers().between(0, 8),
                updates(strategy).injectNull(0.4))
            .as(Step::new);
    return step.list().ofMinSize(1).ofMaxSize(40).map(steps -> History.of(strategy, steps));
  }

  /** Any update that the strategy has. */
  public static Arbitrary<Update> updates(Strategy strategy) {
    return switch (strategy) {
      case LWW_REGISTER -> withDeletes(Arbitraries.oneOf(sets(), sets(), setsOfLarge()));
      case EPOCH_MAX -> withDeletes(points());
      case G_COUNTER -> withDeletes(increments());
      case PN_COUNTER -> withDeletes(counts());
      case G_SET -> texts().map(Update.Add::new);
      case OR_SET -> withDeletes(elements());
      case MV_REGISTER -> withDeletes(sets());
      case EW_FLAG -> withDeletes(flags());
      case LWW_MAP -> withDeletes(Arbitraries.oneOf(puts(), puts(), putsOfLarge(), removes()));
      case OR_MAP_OF_OR_SET -> map(elements());
      case OR_MAP_OF_MV_REGISTER -> map(sets());
      case OR_MAP_OF_EW_FLAG -> map(flags());
      case OR_MAP_OF_PN_COUNTER -> map(counts());
      case JOURNAL -> texts().map(Update.Append::new);
    };
  }

  /** Mostly what fills the key, now and then what empties it. */
  private static Arbitrary<Update> withDeletes(Arbitrary<Update> common) {
    return Arbitraries.oneOf(
        List.of(common, common, common, common, common, Arbitraries.just(DELETE)));
  }

  /** Few enough to meet, and the ones that escaping gets wrong first. */
  public static Arbitrary<Bytes> texts() {
    return Arbitraries.of("", "a", "b", "\0", "a\0", "a\0\u0001", "ÿ").map(Bytes::utf8);
  }

  private static Arbitrary<Update> sets() {
    return texts().map(Update.SetValue::new);
  }

  private static Arbitrary<Update> setsOfLarge() {
    return larges().map(Update.SetLarge::new);
  }

  private static Arbitrary<Update> putsOfLarge() {
    return Combinators.combine(texts(), larges()).as(Update.PutLargeField::new);
  }

  private static Arbitrary<LargeValue> larges() {
    return Arbitraries.integers().between(1, 2).map(LargeValues::any);
  }

  private static Arbitrary<Update> points() {
    return Combinators.combine(
            Arbitraries.of(0L, 1L, 2L, -1L), Arbitraries.of(Long.MIN_VALUE, -1L, 0L, 5L))
        .as(Update.PutEpoch::new);
  }

  private static Arbitrary<Update> increments() {
    return Arbitraries.of(1L, 5L, 1L << 40).map(Update.Increment::new);
  }

  private static Arbitrary<Update> counts() {
    Arbitrary<Update> downs = Arbitraries.of(1L, 5L, 1L << 40).map(Update.Decrement::new);
    return Arbitraries.oneOf(increments(), downs);
  }

  private static Arbitrary<Update> elements() {
    Arbitrary<Update> adds = texts().map(Update.Add::new);
    return Arbitraries.oneOf(adds, adds, removes());
  }

  private static Arbitrary<Update> removes() {
    return texts().map(Update.Remove::new);
  }

  private static Arbitrary<Update> flags() {
    return Arbitraries.of(List.of(new Update.Enable(), new Update.Enable(), new Update.Disable()));
  }

  private static Arbitrary<Update> puts() {
    return Combinators.combine(texts(), texts()).as(Update.PutField::new);
  }

  private static Arbitrary<Update> map(Arbitrary<Update> nested) {
    Arbitrary<Update> inField =
        Combinators.combine(texts(), withDeletes(nested)).as(Update.UpdateField::new);
    return withDeletes(Arbitraries.oneOf(inField, inField, inField, removes()));
  }
}
