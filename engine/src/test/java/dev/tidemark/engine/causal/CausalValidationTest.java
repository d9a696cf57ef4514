package dev.tidemark.engine.causal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deltas of causal types that look right and that no update makes. */
class CausalValidationTest {
  private static final Dot DOT = new Dot(1, 5);
  private static final Context CONTEXT = Context.of(DOT, Context.NOTHING);
  private static final VersionVector SEEN = VersionVector.of(2, 3);

  private static Lattice lattice(Strategy strategy) {
    return strategy.lattice();
  }

  private static DotCell cell(List<Dot> live, List<Dot> killed) {
    TreeMap<Dot, Bytes> values = new TreeMap<>();
    live.forEach(dot -> values.put(dot, Bytes.EMPTY));
    return new DotCell(values, new TreeSet<>(killed));
  }

  private static KeyDelta head(Context context, Kills kills, DotCell root) {
    return KeyDelta.ofHead(new CausalHead(context, kills, root).encode());
  }

  private static KeyDelta withCell(Bytes id, DotCell cell) {
    byte[] head = new CausalHead(CONTEXT, Kills.NONE, DotCell.EMPTY).encode();
    return KeyDelta.of(head, id, cell.encode());
  }

  private static void refuses(Strategy strategy, KeyDelta delta, String title) {
    assertThatThrownBy(() -> lattice(strategy).validate(delta))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith(title);
  }

  @ParameterizedTest
  @EnumSource(names = {"MV_REGISTER", "EW_FLAG"})
  void refusesAWholesaleOverrideWhereThereAreNoCells(Strategy strategy) {
    refuses(
        strategy,
        head(CONTEXT, Kills.of(Bytes.EMPTY, SEEN), DotCell.EMPTY),
        "delta overrides cells where its strategy has none");
  }

  @ParameterizedTest
  @EnumSource(names = {"OR_SET", "OR_MAP_OF_OR_SET", "OR_MAP_OF_MV_REGISTER", "OR_MAP_OF_EW_FLAG"})
  void refusesARootWhereThereAreCells(Strategy strategy) {
    refuses(
        strategy,
        head(CONTEXT, Kills.NONE, cell(List.of(DOT), List.of())),
        "delta has a root where its strategy has none");
  }

  @ParameterizedTest
  @EnumSource(names = {"OR_SET", "OR_MAP_OF_MV_REGISTER", "OR_MAP_OF_EW_FLAG"})
  void refusesAnOverrideOfAPartThatDoesNotExist(Strategy strategy) {
    refuses(
        strategy,
        head(CONTEXT, Kills.of(Bytes.utf8("a"), SEEN), DotCell.EMPTY),
        "delta overrides a part that its strategy does not have");
  }

  @Test
  void refusesAnOverrideThatIsNotOfAWholeField() {
    Bytes partOfField = new ComposedId(Bytes.utf8("f"), Bytes.utf8("e")).encode();

    refuses(
        Strategy.OR_MAP_OF_OR_SET,
        head(CONTEXT, Kills.of(partOfField, SEEN), DotCell.EMPTY),
        "delta overrides a part that its strategy does not have");
    refuses(
        Strategy.OR_MAP_OF_OR_SET,
        head(CONTEXT, Kills.of(Bytes.utf8("f"), SEEN), DotCell.EMPTY),
        "composed id has no end");
  }

  @Test
  void refusesANestedElementOrFieldThatCouldNotHaveBeenSubmitted() {
    Bytes tooLong = Bytes.wrap(new byte[Limits.MAX_ELEMENT_BYTES + 1]);
    DotCell live = cell(List.of(DOT), List.of());

    refuses(
        Strategy.OR_MAP_OF_OR_SET,
        withCell(new ComposedId(Bytes.utf8("f"), tooLong).encode(), live),
        "element is too long");
    refuses(
        Strategy.OR_MAP_OF_OR_SET,
        withCell(new ComposedId(tooLong, Bytes.utf8("e")).encode(), live),
        "element is too long");
    refuses(Strategy.OR_SET, withCell(tooLong, live), "element is too long");
  }

  @Test
  void refusesOverridesThatTheRestSaysAlready() {
    Kills ownPast = Kills.of(Bytes.EMPTY, VersionVector.of(1, 5));

    refuses(
        Strategy.OR_SET,
        head(CONTEXT, ownPast, DotCell.EMPTY),
        "delta lists overrides that it implies");
    refuses(
        Strategy.OR_SET,
        head(Context.NEW_STATE.join(CONTEXT), Kills.of(Bytes.EMPTY, SEEN), DotCell.EMPTY),
        "delta lists overrides that it implies");
    refuses(
        Strategy.EW_FLAG,
        head(Context.NEW_STATE.join(CONTEXT), Kills.NONE, cell(List.of(), List.of(new Dot(2, 3)))),
        "state lists overrides that its context implies");
  }

  @Test
  void refusesAnOperationThatTheContextDoesNotKnow() {
    refuses(
        Strategy.OR_SET,
        withCell(Bytes.utf8("e"), cell(List.of(new Dot(2, 3)), List.of())),
        "delta holds an operation that its context does not");
  }

  @Test
  void refusesAValueWhereThereAreOnlyElements() {
    TreeMap<Dot, Bytes> live = new TreeMap<>();
    live.put(DOT, Bytes.utf8("v"));
    refuses(
        Strategy.OR_SET,
        withCell(Bytes.utf8("e"), new DotCell(live, new TreeSet<>())),
        "delta holds a value where its strategy has none");
  }
}
