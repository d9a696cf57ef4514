package dev.tidemark.engine.laws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** The laws that make one function enough for updates, replay, folding and exchange. */
@PropertyDefaults(tries = 2000, edgeCases = EdgeCasesMode.NONE)
class StrategyLawsProperties {
  @Provide
  Arbitrary<History> histories() {
    return Histories.any();
  }

  @Property
  void aStateReadsAsTheMeaningOfTheOperationsItHasSeen(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> seen = history.anyPart(random);
    KeyState state = history.state(seen);

    assertThat(history.lattice().value(state)).isEqualTo(Meaning.of(history.strategy(), seen));
  }

  @Property
  void aKeyIsPresentIffItsMeaningIsNotThatOfNothing(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> seen = history.anyPart(random);

    assertThat(history.lattice().present(history.state(seen))).isEqualTo(isPresent(history, seen));
  }

  private static boolean isPresent(History history, List<Op> seen) {
    boolean isNothing =
        Meaning.of(history.strategy(), seen).equals(Meaning.of(history.strategy(), List.of()));
    // A counter at zero is there as long as something counts towards it.
    return switch (history.strategy()) {
      case G_COUNTER, PN_COUNTER -> Meaning.isCounted(seen);
      default -> !isNothing;
    };
  }

  @Property
  void everyCausalOrderGivesTheSameBytesHoweverOftenDeltasArrive(
      @ForAll("histories") History history, @ForAll Random random) {
    KeyState state = history.state(history.anyOrder(random));
    KeyState other = KeyState.bottomOf(history.lattice());
    List<Op> arrived = new ArrayList<>();
    for (Op op : history.anyOrder(random)) {
      Join.into(other, history.lattice(), op.delta());
      arrived.add(op);
      while (random.nextBoolean()) {
        Op again = arrived.get(random.nextInt(arrived.size()));
        Join.into(other, history.lattice(), again.delta());
      }
    }

    assertThat(other.asDelta()).isEqualTo(state.asDelta());
  }

  @Property
  void foldingAndSplittingARunChangesNothing(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> order = history.anyOrder(random);
    KeyState state = KeyState.bottomOf(history.lattice());
    foldInPieces(history, order, random, 3).forEach(e -> Join.into(state, history.lattice(), e));

    assertThat(state.asDelta()).isEqualTo(history.state(order).asDelta());
  }

  /** Elements that stand for the run, folded in pieces of pieces. */
  private static List<KeyDelta> foldInPieces(
      History history, List<Op> order, Random random, int depth) {
    List<KeyDelta> pieces = new ArrayList<>();
    int from = 0;
    while (from < order.size()) {
      int to = from + 1 + random.nextInt(order.size() - from);
      if (to - from == 1 || depth == 0) {
        pieces.add(history.run(order.subList(from, to)).asDelta());
      } else {
        KeyState piece = KeyState.noDeltas();
        foldInPieces(history, order.subList(from, to), random, depth - 1)
            .forEach(inner -> Join.into(piece, history.lattice(), inner));
        pieces.add(piece.asDelta());
      }
      from = to;
    }
    return pieces;
  }

  @Property
  void aFoldedRunJoinsWhereItStartsOrAboveWhateverIsKnownOfItAlready(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyOrder(random);
    int from = random.nextInt(log.size() + 1);
    int to = from + random.nextInt(log.size() - from + 1);
    List<Op> run = log.subList(from, to);
    List<Op> known = union(log.subList(0, from), history.anyPart(random));
    KeyState receiver = history.state(known);
    Join.into(receiver, history.lattice(), history.run(run).asDelta());

    assertThat(receiver.asDelta()).isEqualTo(history.state(union(known, run)).asDelta());
  }

  /**
   * Two folded pieces of logs came into one run, and what lay between them on the key was in the
   * base: the run took it for its own and removed it from the base.
   */
  @Property
  void aRunWithHolesJoinsLikeTheDeltasItWasMadeOf(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyOrder(random);
    List<Op> known = union(log.subList(0, random.nextInt(log.size() + 1)), List.of());
    KeyState run = KeyState.noDeltas();
    List<Op> inRun = new ArrayList<>();
    for (Op op : log) {
      if (!known.contains(op) || random.nextBoolean()) {
        inRun.add(op);
      }
    }
    List<KeyDelta> pieces = foldInPieces(history, inRun, random, 2);
    pieces.forEach(piece -> Join.into(run, history.lattice(), piece));
    pieces.forEach(piece -> Join.into(run, history.lattice(), piece));
    KeyState receiver = history.state(known);
    Join.into(receiver, history.lattice(), run.asDelta());

    assertThat(receiver.asDelta()).isEqualTo(history.state(log).asDelta());
  }

  /** A snapshot's state was joined into a run, which then forgot what it overrides before that. */
  @Property
  void aRunStaysARunWhenAStateIsJoinedIntoIt(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyOrder(random);
    int from = random.nextInt(log.size() + 1);
    List<Op> snapshot = history.anyPart(random);
    KeyState run = history.run(log.subList(from, log.size()));
    Join.into(run, history.lattice(), history.state(snapshot).asDelta());
    KeyState receiver = history.state(log.subList(0, from));
    Join.into(receiver, history.lattice(), run.asDelta());

    assertThat(receiver.asDelta()).isEqualTo(history.state(log).asDelta());
  }

  @Property
  void joinOfStatesIsTheStateOfTheUnion(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> a = history.anyPart(random);
    List<Op> b = history.anyPart(random);
    List<Op> c = history.anyPart(random);
    Lattice lattice = history.lattice();
    KeyDelta whole = history.state(union(union(a, b), c)).asDelta();

    assertThat(
            join(lattice, join(lattice, state(history, a), state(history, b)), state(history, c)))
        .isEqualTo(whole);
    assertThat(
            join(lattice, state(history, a), join(lattice, state(history, b), state(history, c))))
        .isEqualTo(whole);
    assertThat(join(lattice, state(history, b), state(history, a)))
        .isEqualTo(join(lattice, state(history, a), state(history, b)));
    assertThat(join(lattice, state(history, a), state(history, a))).isEqualTo(state(history, a));
  }

  @Property
  void whatIsSaidToChangeNothingChangesNothingAndWhatIsKnownIsSaidTo(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> known = history.anyPart(random);
    List<Op> sent = history.anyPart(random);
    KeyDelta arriving = (random.nextBoolean() ? history.state(sent) : history.run(sent)).asDelta();
    KeyState held = history.state(known);
    KeyState joined = history.state(known);
    Join.into(joined, history.lattice(), arriving);

    if (!Join.changes(held, history.lattice(), arriving)) {
      assertThat(joined.asDelta()).isEqualTo(held.asDelta());
    }
    assertThat(Join.changes(joined, history.lattice(), arriving)).isFalse();
  }

  /** Large keys are handed over in parts, and a crash between two of them begins again. */
  @Property
  void anElementInPartsJoinsLikeTheWholeHoweverOftenItIsBegunAgain(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> sent = history.anyPart(random);
    KeyDelta arriving = (random.nextBoolean() ? history.state(sent) : history.run(sent)).asDelta();
    List<Op> known = history.anyPart(random);
    KeyState receiver = history.state(known);
    KeyState whole = history.state(known);
    Join.into(whole, history.lattice(), arriving);

    List<KeyPart> parts = parts(arriving, receiver, random);
    while (random.nextBoolean()) {
      join(history, receiver, arriving, parts.subList(0, random.nextInt(parts.size())));
    }
    join(history, receiver, arriving, parts);

    assertThat(receiver.asDelta()).isEqualTo(whole.asDelta());
  }

  /** Cuts at some of the cells that either side has. */
  private static List<KeyPart> parts(KeyDelta arriving, KeyState held, Random random) {
    TreeSet<Bytes> cuts = new TreeSet<>(arriving.cells().keySet());
    cuts.addAll(held.asDelta().cells().keySet());
    cuts.removeIf(id -> random.nextInt(3) != 0);
    List<KeyPart> parts = new ArrayList<>();
    Bytes from = Bytes.EMPTY;
    for (Bytes cut : cuts) {
      parts.add(new KeyPart(new CellRange(from, cut), false));
      from = cut;
    }
    parts.add(new KeyPart(new CellRange(from, null), true));
    return parts;
  }

  private static void join(History history, KeyState into, KeyDelta whole, List<KeyPart> parts) {
    for (KeyPart part : parts) {
      SortedMap<Bytes, byte[]> cells = whole.cells().tailMap(part.range().from());
      Bytes to = part.range().to();
      KeyDelta piece = new KeyDelta(whole.head(), to == null ? cells : cells.headMap(to));
      Join.into(into, history.lattice(), piece, part);
    }
  }

  private static KeyDelta state(History history, List<Op> seen) {
    return history.state(seen).asDelta();
  }

  private static KeyDelta join(Lattice lattice, KeyDelta left, KeyDelta right) {
    KeyState joined = KeyState.bottomOf(lattice);
    Join.into(joined, lattice, left);
    Join.into(joined, lattice, right);
    return joined.asDelta();
  }

  private static List<Op> union(List<Op> a, List<Op> b) {
    Set<Op> union = new LinkedHashSet<>(a);
    union.addAll(b);
    return new ArrayList<>(union);
  }
}
