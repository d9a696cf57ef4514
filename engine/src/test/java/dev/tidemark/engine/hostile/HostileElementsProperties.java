package dev.tidemark.engine.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.laws.Histories;
import dev.tidemark.engine.laws.History;
import dev.tidemark.error.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** Elements that a validator accepts are elements of the lattice, whoever made them up. */
@PropertyDefaults(tries = 2000, edgeCases = EdgeCasesMode.NONE)
class HostileElementsProperties {
  @Provide
  Arbitrary<History> histories() {
    return Histories.any();
  }

  /** Up to three elements that no replica made and that are accepted all the same. */
  private static List<KeyDelta> accepted(History history, Random random) {
    List<KeyDelta> accepted = new ArrayList<>();
    for (int i = 0; i < 12 && accepted.size() < 3; i++) {
      KeyDelta element = any(history, random);
      KeyDelta mutated = Mutation.of(element, any(history, random), random);
      try {
        history.lattice().validate(mutated);
        accepted.add(mutated);
      } catch (MalformedException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
    }
    return accepted;
  }

  private static KeyDelta any(History history, Random random) {
    if (random.nextInt(3) > 0 && !history.ops().isEmpty()) {
      return history.ops().get(random.nextInt(history.ops().size())).delta();
    }
    return history.run(history.anyPart(random)).asDelta();
  }

  @Property
  void joinAnywhereWithoutFailing(@ForAll("histories") History history, @ForAll Random random) {
    Lattice lattice = history.lattice();
    KeyState state = history.state(history.anyPart(random));
    for (KeyDelta hostile : accepted(history, random)) {
      Join.into(state, lattice, hostile);
      lattice.validate(state.asDelta());
      assertThat(lattice.value(state)).isNotNull();
      assertThat(lattice.present(state)).isIn(true, false);
      assertThat(lattice.effects(hostile)).isNotNull();

      KeyDelta once = state.copy();
      Join.into(state, lattice, hostile);
      assertThat(state.asDelta()).isEqualTo(once);
    }
  }

  @Property
  void joinInAnyOrderToTheSameRun(@ForAll("histories") History history, @ForAll Random random) {
    List<KeyDelta> elements = accepted(history, random);
    elements.add(history.run(history.anyPart(random)).asDelta());
    KeyDelta forth = joined(history.lattice(), elements);
    Collections.reverse(elements);
    KeyDelta back = joined(history.lattice(), elements);
    KeyDelta tree =
        joined(
            history.lattice(),
            List.of(
                joined(history.lattice(), elements.subList(0, elements.size() / 2)),
                joined(history.lattice(), elements.subList(elements.size() / 2, elements.size()))));

    assertThat(back).isEqualTo(forth);
    assertThat(tree).isEqualTo(forth);
  }

  private static KeyDelta joined(Lattice lattice, List<KeyDelta> elements) {
    KeyState run = KeyState.noDeltas();
    elements.forEach(element -> Join.into(run, lattice, element));
    // Once more with itself, which looks at every cell: see CausalLattice on late duplicates.
    Join.into(run, lattice, run.copy());
    return run.asDelta();
  }
}
