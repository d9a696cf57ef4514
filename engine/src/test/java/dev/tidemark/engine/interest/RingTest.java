package dev.tidemark.engine.interest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RingTest {
  private static final int POINTS = 128;

  private final List<Bytes> keys =
      IntStream.range(0, 10_000).mapToObj(i -> Bytes.utf8("key/" + i)).toList();

  @Test
  void aMemberThatJoinsTakesAboutItsShareAndNothingElseMoves() {
    for (int members = 1; members <= 8; members++) {
      Ring before = Ring.first(names(members), POINTS, 1);
      Ring after = before.with("joined", true);
      int moved = 0;
      for (Bytes key : keys) {
        if (!after.owners(key).equals(before.owners(key))) {
          assertThat(after.owners(key)).containsExactly("joined");
          moved++;
        }
      }
      double share = keys.size() / (members + 1.0);
      assertThat((double) moved).isBetween(share * 0.7, share * 1.3);
      assertThat(after.epoch()).isEqualTo(2);
    }
  }

  @Test
  void whoeverLeavesGivesItsKeysAwayAndNothingElseMoves() {
    Ring before = Ring.first(names(5), POINTS, 3);
    Ring after = before.without("n2", true);
    for (Bytes key : keys) {
      List<String> stay = new ArrayList<>(before.owners(key));
      stay.remove("n2");
      assertThat(after.owners(key).subList(0, stay.size())).isEqualTo(stay);
      assertThat(after.owners(key)).hasSize(3).doesNotHaveDuplicates();
    }
  }

  @Test
  void whatAMemberOwnsIsItsInterest() {
    Ring ring = Ring.first(names(5), POINTS, 2);
    for (String member : ring.members()) {
      Interest interest = ring.interest(member);
      for (Bytes key : keys) {
        assertThat(interest.covers(key)).isEqualTo(ring.owners(key).contains(member));
      }
    }
    assertThat(ring.interest("stranger")).isEqualTo(Interest.NONE);
  }

  @Test
  void theOwnersOfAllKeysTogetherOwnEverything() {
    Ring ring = Ring.first(names(4), POINTS, 1);

    Interest all =
        ring.members().stream().map(ring::interest).reduce(Interest.NONE, Interest::union);

    assertThat(all).isEqualTo(Interest.ALL);
    assertThat(Ring.first(names(2), POINTS, 3).interest("n1")).isEqualTo(Interest.ALL);
  }

  @Test
  void theOwnersOfAKeyAreTheSameForEver() {
    Ring ring = Ring.first(Set.of("alpha", "beta", "gamma"), 16, 2).without("beta", false);

    assertThat(KeyHash.of(Bytes.utf8("abc"))).isEqualTo(0xba7816bf8f01cfeaL);
    assertThat(ring.owners(Bytes.utf8("abc")))
        .isEqualTo(sortedCopy(ring).owners(Bytes.utf8("abc")));
  }

  private static Ring sortedCopy(Ring ring) {
    ByteWriter out = new ByteWriter();
    ring.encode(out);
    ByteReader in = new ByteReader(out.toByteArray());
    Ring copy = Ring.decode(in);
    in.expectEnd();
    assertThat(copy).isEqualTo(ring);
    return copy;
  }

  @Test
  void whoeverLeavesTakesPartUntilARingIsSettled() {
    Ring leaving = Ring.first(names(3), 8, 1).without("n1", true);
    assertThat(leaving.members()).containsExactly("n0", "n2");
    assertThat(leaving.participants()).containsExactly("n0", "n1", "n2");
    assertThat(leaving.interest("n1")).isEqualTo(Interest.NONE);

    assertThat(leaving.with("n3", false).leaving()).containsExactly("n1");
    assertThat(leaving.with("n3", true).leaving()).isEmpty();
    assertThat(leaving.with("n1", false).leaving()).isEmpty();
    assertThat(leaving.withoutLost("n1", false).participants()).containsExactly("n0", "n2");
    assertThat(leaving.withoutLost("n2", false).participants()).containsExactly("n0", "n1");
  }

  @Test
  void refusesTooManyRingsThatAreNotSettled() {
    Ring ring = Ring.first(names(1), 8, 1);
    for (int i = 1; i < Ring.MAX_UNSETTLED; i++) {
      ring = ring.with("m" + i, false);
    }
    Ring sixth = ring;
    assertThatThrownBy(() -> sixth.with("one more", false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not settled");
    assertThat(sixth.with("one more", true).settled()).isEqualTo(sixth.epoch());
    assertThat(sixth.withoutLost("m1", false).members()).doesNotContain("m1");
  }

  /** As long as all are settled in time, what a member is to hold of them fits. */
  @Test
  void whatAMemberHoldsOfAllRingsThatAreNotSettledIsAnInterest() {
    Ring ring = Ring.first(names(40), Ring.MAX_POINTS, Ring.MAX_COPIES);
    Interest held = ring.interest("n1");
    for (int i = 0; i < Ring.MAX_UNSETTLED; i++) {
      ring = ring.with("m" + i, i == 0);
      held = held.union(ring.interest("n1"));
    }
    assertThat(held.parts()).hasSizeLessThan(Interest.MAX_PARTS);
  }

  @Test
  void refusesWhatIsNoRing() {
    assertThatThrownBy(() -> Ring.first(names(3), 129, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("points=129");
    assertThatThrownBy(() -> Ring.first(Set.of(), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Ring.first(Set.of(""), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    Ring two = Ring.first(names(2), 1, 1);
    assertThatThrownBy(() -> two.with("n1", true)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> two.without("n2", true)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> two.without("n1", true).without("n0", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no member left");
  }

  private static Set<String> names(int count) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      names.add("n" + i);
    }
    return names;
  }
}
