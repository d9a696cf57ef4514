package dev.tidemark.engine.reissue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.simulation.Updates;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What was made anew, against the join that is not possible any more. */
class ReissueProperties {
  private static final long THERE = 1;
  private static final long HERE = 2;
  private static final long NEW = 3;

  /** A replica of one key. */
  private static final class Replica {
    private final Lattice lattice;
    private final KeyState state;
    private final Set<Dot> seen = new HashSet<>();

    Replica(Lattice lattice) {
      this.lattice = lattice;
      this.state = KeyState.bottomOf(lattice);
    }

    KeyDelta make(Update update, OperationId id) {
      KeyDelta delta = lattice.prepare(update, state, id);
      lattice.validate(delta);
      take(delta, id);
      return delta;
    }

    void take(KeyDelta delta, OperationId id) {
      Join.into(state, lattice, delta);
      seen.add(id.dot());
    }

    Value value() {
      return lattice.value(state);
    }
  }

  @Property(tries = 1_500)
  void makesOfAKeyWhatTheJoinWouldHaveMade(
      @ForAll Strategy strategy, @ForAll long seed, @ForAll @IntRange(max = 8) int steps) {
    Random random = new Random(seed);
    Lattice lattice = strategy.lattice();
    Replica there = new Replica(lattice);
    Replica here = new Replica(lattice);
    Replica both = new Replica(lattice);
    long[] sequences = new long[4];
    long stamp = HybridTimestamp.ofMillis(1_000);
    boolean isCut = false;
    for (int i = 0; i < 3 * steps; i++) {
      isCut |= i >= steps;
      long maker = random.nextBoolean() ? THERE : HERE;
      OperationId id = new OperationId(maker, ++sequences[(int) maker], ++stamp);
      Update update = Updates.any(strategy, random);
      KeyDelta delta = (maker == THERE ? there : here).make(update, id);
      both.take(delta, id);
      if (!isCut) {
        // Until they are parted, both hear of everything.
        (maker == THERE ? here : there).take(delta, id);
      }
    }

    Reissue anew =
        Reissue.of(strategy, here.state, there.state.copy(), dot -> !here.seen.contains(dot));
    for (Update update : anew.updates()) {
      here.make(update, new OperationId(NEW, ++sequences[(int) NEW], ++stamp));
    }

    if (anew.isWhole()) {
      assertThat(sorted(here.value())).isEqualTo(sorted(both.value()));
    }
    if (Reissue.isRepeatable(strategy)) {
      Reissue again =
          Reissue.of(strategy, here.state, there.state.copy(), dot -> !here.seen.contains(dot));
      assertThat(again.updates()).isEmpty();
    }
  }

  /** Events that are appended anew come last. */
  private static Value sorted(Value value) {
    if (value instanceof Value.Events events) {
      List<Bytes> all = new ArrayList<>(events.events());
      Collections.sort(all);
      return new Value.Events(all);
    }
    return value;
  }
}
