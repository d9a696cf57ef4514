package dev.tidemark.engine.register;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.strategy.Strategy;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What is told by rank, without a look at the other head, is what the join would have given. */
class RankProperties {
  private final Lattice lattice = Strategy.LWW_REGISTER.lattice();

  @Property
  void theHeadOfHigherRankIsTheJoinOfBoth(
      @ForAll @LongRange(min = 1, max = 9) long storedStamp,
      @ForAll @LongRange(min = 1, max = 9) long stamp,
      @ForAll @LongRange(min = 1, max = 3) long storedReplica,
      @ForAll @LongRange(min = 1, max = 3) long replica,
      @ForAll boolean tombstone,
      @ForAll @Size(max = 2) byte[] value) {
    byte[] stored =
        VersionedCell.encode(new Version(storedStamp, storedReplica, 1), Bytes.utf8("x"));
    byte[] head =
        VersionedCell.encode(new Version(stamp, replica, 1), tombstone ? null : Bytes.wrap(value));

    assertThat(lattice.rank(head)).isEqualTo(stamp);
    assertThat(lattice.rank(lattice.bottom())).isZero();
    if (stamp != storedStamp) {
      byte[] higher = stamp > storedStamp ? head : stored;
      assertThat(lattice.join(stored, head).head()).isEqualTo(higher);
      assertThat(lattice.join(head, stored).head()).isEqualTo(higher);
      assertThat(lattice.join(stored, head).reach()).isEmpty();
    }
  }

  @Property
  void theRankOfAHeadIsTheSameWhereverItLies(
      @ForAll @LongRange(min = 1) long stamp,
      @ForAll boolean tombstone,
      @ForAll @IntRange(max = 40) int before,
      @ForAll @IntRange(max = 40) int behind) {
    byte[] head =
        VersionedCell.encode(new Version(stamp, 2, 1), tombstone ? null : Bytes.utf8("x"));
    byte[] array = new byte[before + head.length + behind];
    Arrays.fill(array, (byte) 0x5a);
    System.arraycopy(head, 0, array, before, head.length);

    assertThat(lattice.rank(array, before, head.length)).isEqualTo(stamp);
    assertThat(lattice.rank(array, before, 0)).isZero();
  }
}
