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
      Ring before = new Ring(1, names(members), POINTS, 1);
      Ring after = before.with("joined");
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
    Ring before = new Ring(1, names(5), POINTS, 3);
    Ring after = before.without("n2");
    for (Bytes key : keys) {
      List<String> stay = new ArrayList<>(before.owners(key));
      stay.remove("n2");
      assertThat(after.owners(key).subList(0, stay.size())).isEqualTo(stay);
      assertThat(after.owners(key)).hasSize(3).doesNotHaveDuplicates();
    }
  }

  @Test
  void whatAMemberOwnsIsItsInterest() {
    Ring ring = new Ring(1, names(5), POINTS, 2);
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
    Ring ring = new Ring(1, names(4), POINTS, 1);

    Interest all =
        ring.members().stream().map(ring::interest).reduce(Interest.NONE, Interest::union);

    assertThat(all).isEqualTo(Interest.ALL);
    assertThat(new Ring(1, names(2), POINTS, 3).interest("n1")).isEqualTo(Interest.ALL);
  }

  @Test
  void theOwnersOfAKeyAreTheSameForEver() {
    Ring ring = new Ring(7, Set.of("alpha", "beta", "gamma"), 16, 2);

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
  void refusesARingWhoseSharesWouldBeNoInterest() {
    assertThatThrownBy(() -> new Ring(1, names(3), 256, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("copies=4");
    assertThatThrownBy(() -> new Ring(1, Set.of(), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ring(1, names(2), 1, 1).with("n1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Set<String> names(int count) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      names.add("n" + i);
    }
    return names;
  }
}
