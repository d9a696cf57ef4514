package dev.tidemark.engine.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Fate.Kind;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.laws.Histories;
import dev.tidemark.engine.laws.History;
import dev.tidemark.engine.laws.Op;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** An explanation is held to the join, which it does not use, and to what makers had seen. */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE)
class ExplainerProperties {
  private static final int ALL = Integer.MAX_VALUE;

  @Provide
  Arbitrary<History> histories() {
    return Histories.any();
  }

  @Property
  void theSurvivorsAloneMakeTheValue(@ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    List<Op> survivors = survivors(history, log);

    assertThat(history.lattice().value(history.state(survivors)))
        .isEqualTo(history.lattice().value(history.state(log)));
  }

  @Property
  void noneOfTheSurvivorsThatMakeTheValueCanBeLeftOut(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    List<Op> survivors = survivors(history, log);
    for (Op op : operations(explain(history, log), log, kind -> kind == Kind.STANDS)) {
      List<Op> rest = new ArrayList<>(survivors);
      rest.remove(op);
      // The elements of a g-set do not say who added them: one add stands for another.
      boolean isRepeated =
          history.strategy() == Strategy.G_SET
              && rest.stream().anyMatch(other -> other.update().equals(op.update()));
      if (!isRepeated) {
        assertThat(history.state(rest).asDelta())
            .describedAs("without %s", op)
            .isNotEqualTo(history.state(survivors).asDelta());
      }
    }
  }

  @Property
  void whatObservesStandsIffNobodyWhoSawItOverridesIt(
      @ForAll("observing") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    Set<Op> expected =
        log.stream()
            .filter(ExplainerProperties::puts)
            .filter(
                op ->
                    log.stream()
                        .noneMatch(
                            other ->
                                other.visible().get(op.index())
                                    && reaches(other.update(), op.update())))
            .collect(Collectors.toSet());

    assertThat(new HashSet<>(operations(explain(history, log), log, k -> k == Kind.STANDS)))
        .isEqualTo(expected);
  }

  @Provide
  Arbitrary<History> observing() {
    return Arbitraries.of(
            Strategy.OR_SET,
            Strategy.MV_REGISTER,
            Strategy.EW_FLAG,
            Strategy.OR_MAP_OF_OR_SET,
            Strategy.OR_MAP_OF_MV_REGISTER,
            Strategy.OR_MAP_OF_EW_FLAG)
        .flatMap(Histories::of);
  }

  private static boolean puts(Op op) {
    Update update = op.update() instanceof Update.UpdateField field ? field.nested() : op.update();
    return update instanceof Update.Add
        || update instanceof Update.SetValue
        || update instanceof Update.Enable;
  }

  /** Whether an update is about the place that another one put something into. */
  private static boolean reaches(Update update, Update put) {
    if (update instanceof Update.Delete) {
      return true;
    }
    if (put instanceof Update.UpdateField field) {
      return update instanceof Update.Remove remove
          ? remove.item().equals(field.field())
          : update instanceof Update.UpdateField other
              && other.field().equals(field.field())
              && reaches(other.nested(), field.nested());
    }
    return element(update) == null || element(update).equals(element(put));
  }

  private static @Nullable Bytes element(Update update) {
    if (update instanceof Update.Add add) {
      return add.element();
    }
    return update instanceof Update.Remove remove ? remove.item() : null;
  }

  @Property
  void whateverIsSaidToHaveLostAddsNothingToItsWinner(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    for (Verdict verdict : explain(history, log).verdicts()) {
      if (verdict.fate().kind() == Kind.LOST || verdict.fate().kind() == Kind.CONTAINED) {
        Op loser = log.get((int) verdict.item().firstPosition());
        List<Op> winners = winners(verdict, log);
        List<Op> all = log.stream().filter(op -> op == loser || winners.contains(op)).toList();
        assertThat(history.lattice().value(history.state(all)))
            .describedAs("%s", verdict)
            .isEqualTo(history.lattice().value(history.state(winners)));
      }
    }
  }

  private static List<Op> winners(Verdict verdict, List<Op> log) {
    Dot winner = verdict.fate().winner();
    if (winner == null) {
      // Each of several deletes may have seen more of one replica, and stand before it or behind.
      assertThat(verdict.fate().rule()).isEqualTo(Rule.RESET_FURTHER);
      return log.stream()
          .filter(op -> !op.id().dot().equals(verdict.author()))
          .filter(op -> isDelete(op.update()))
          .toList();
    }
    Op named = log.stream().filter(op -> op.id().dot().equals(winner)).findAny().get();
    assertThat(verdict.winner()).isEqualTo(LogItem.of(log.indexOf(named), named.id()));
    return List.of(named);
  }

  private static boolean isDelete(Update update) {
    return update instanceof Update.Delete
        || update instanceof Update.Remove
        || (update instanceof Update.UpdateField field && isDelete(field.nested()));
  }

  @Property
  void aLimitHidesTheOldestAndChangesNothingElse(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    int limit = random.nextInt(4);
    Explanation whole = explain(history, log);
    Explanation limited = explain(history, log, limit, true);

    assertThat(limited.fates()).isEqualTo(whole.fates());
    assertThat(withoutPlaces(limited.verdicts()))
        .isEqualTo(withoutPlaces(newest(whole.verdicts(), limit)));
    assertThat(limited.hidden()).isEqualTo(whole.verdicts().size() - limited.verdicts().size());
  }

  private static List<Verdict> newest(List<Verdict> verdicts, int limit) {
    List<Verdict> surviving = verdicts.stream().filter(v -> v.fate().survives()).toList();
    List<Verdict> others = verdicts.stream().filter(v -> !v.fate().survives()).toList();
    Set<Verdict> newest =
        new HashSet<>(surviving.subList(Math.max(0, surviving.size() - limit), surviving.size()));
    newest.addAll(others.subList(Math.max(0, others.size() - limit), others.size()));
    return verdicts.stream().filter(newest::contains).toList();
  }

  private static List<Verdict> withoutPlaces(List<Verdict> verdicts) {
    return verdicts.stream()
        .map(v -> new Verdict(v.item(), v.effect(), v.author(), v.fate(), null))
        .toList();
  }

  @Property
  void aLogThatWasCutLeavesTheRestToTheState(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    int cut = random.nextInt(log.size() + 1);
    KeyState state = history.state(log);
    Explainer explainer = new Explainer(history.lattice(), state, ALL, false);
    for (Op op : log.subList(cut, log.size())) {
      explainer.take(LogItem.of(log.indexOf(op), op.id()), op.delta());
    }
    Explanation explanation = explainer.finish();
    Set<Dot> named = authors(explanation.older());
    Set<Dot> all = authors(explain(history, log).verdicts());
    Set<Dot> inLog = authors(explanation.verdicts());
    all.removeAll(inLog);

    assertThat(explanation.olderMore()).isFalse();
    assertThat(explanation.olderCount()).isEqualTo(explanation.older().size());
    if (saysWho(history.strategy())) {
      assertThat(named).isEqualTo(all);
    }
  }

  private static boolean saysWho(Strategy strategy) {
    return switch (strategy) {
      case G_SET, G_COUNTER, PN_COUNTER, OR_MAP_OF_PN_COUNTER -> false;
      default -> true;
    };
  }

  private static Set<Dot> authors(List<Verdict> verdicts) {
    return verdicts.stream()
        .filter(verdict -> verdict.fate().survives() && verdict.author() != null)
        .map(Verdict::author)
        .collect(Collectors.toSet());
  }

  @Property
  void aFoldedLogTellsTheSameSurvivors(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    Explainer explainer = new Explainer(history.lattice(), history.state(log), ALL, true);
    int from = 0;
    while (from < log.size()) {
      int to = from + 1 + random.nextInt(log.size() - from);
      KeyState run = history.run(log.subList(from, to));
      explainer.take(LogItem.folded(from, to - 1), run.asDelta());
      from = to;
    }
    Explanation explanation = explainer.finish();

    if (saysWho(history.strategy())) {
      assertThat(authors(explanation.verdicts()))
          .isEqualTo(authors(explain(history, log).verdicts()));
    }
    assertThat(explanation.fates().keySet()).doesNotContain(Kind.FORGOTTEN);
  }

  /** A part said of cells that it does not speak of that they were gone. */
  @Property
  void anElementInPartsTellsWhatItTellsAsAWhole(
      @ForAll("histories") History history, @ForAll Random random) {
    List<Op> log = history.anyPart(random);
    int cut = random.nextInt(log.size() + 1);
    KeyDelta before = history.state(log.subList(0, cut)).asDelta();
    KeyState state = history.state(log);
    Explainer whole = new Explainer(history.lattice(), state, ALL, true);
    Explainer parts = new Explainer(history.lattice(), state, ALL, true);
    LogItem first = LogItem.folded(0, cut);
    whole.take(first, before);
    List<Bytes> ids = new ArrayList<>(before.cells().keySet());
    Bytes from = Bytes.EMPTY;
    for (Bytes to : ids) {
      CellRange range = new CellRange(from, to);
      parts.take(
          first,
          new KeyPart(range, false),
          new KeyDelta(before.head(), before.cells().subMap(from, to)));
      from = to;
    }
    parts.take(
        first,
        new KeyPart(new CellRange(from, null), true),
        new KeyDelta(before.head(), before.cells().tailMap(from)));
    for (Op op : log.subList(cut, log.size())) {
      LogItem item = LogItem.of(log.indexOf(op), op.id());
      whole.take(item, op.delta());
      parts.take(item, op.delta());
    }
    Explanation expected = whole.finish();
    Explanation actual = parts.finish();

    assertThat(actual.fates()).isEqualTo(expected.fates());
    assertThat(actual.items()).isEqualTo(expected.items());
    assertThat(actual.verdicts()).containsExactlyInAnyOrderElementsOf(expected.verdicts());
  }

  @Property
  void nothingIsForgottenWhileNothingIsCollected(
      @ForAll("histories") History history, @ForAll Random random) {
    Explanation explanation = explain(history, history.anyPart(random));

    assertThat(explanation.fates().keySet()).doesNotContain(Kind.FORGOTTEN);
  }

  private static List<Op> survivors(History history, List<Op> log) {
    Explanation explanation = explain(history, log);
    return operations(explanation, log, kind -> kind == Kind.STANDS || kind == Kind.HELD);
  }

  private static List<Op> operations(
      Explanation explanation, List<Op> log, Predicate<Fate.Kind> wanted) {
    return explanation.verdicts().stream()
        .filter(verdict -> wanted.test(verdict.fate().kind()))
        .map(verdict -> log.get((int) verdict.item().firstPosition()))
        .distinct()
        .toList();
  }

  private static Explanation explain(History history, List<Op> log) {
    return explain(history, log, ALL, true);
  }

  private static Explanation explain(History history, List<Op> log, int limit, boolean wholeLog) {
    Explainer explainer = new Explainer(history.lattice(), history.state(log), limit, wholeLog);
    for (int i = 0; i < log.size(); i++) {
      explainer.take(LogItem.of(i, log.get(i).id()), log.get(i).delta());
    }
    return explainer.finish();
  }
}
