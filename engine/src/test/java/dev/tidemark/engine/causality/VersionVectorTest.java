package dev.tidemark.engine.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VersionVectorTest {
  private static final VersionVector A = VersionVector.of(1, 5).with(-1, 3);

  @Test
  void holdsAnOperationIffItHasCountedThatFar() {
    assertThat(A.contains(new Dot(1, 5))).isTrue();
    assertThat(A.contains(new Dot(1, 6))).isFalse();
    assertThat(A.contains(new Dot(2, 1))).isFalse();
    assertThat(A.get(-1)).isEqualTo(3);
    assertThat(A.get(7)).isZero();
  }

  @Test
  void keepsReplicasInUnsignedOrderAndNoZeroes() {
    VersionVector vector = VersionVector.EMPTY.with(-1, 1).with(1L << 63, 2).with(7, 3).with(9, 0);
    assertThat(vector.size()).isEqualTo(3);
    assertThat(vector.replicaAt(0)).isEqualTo(7);
    assertThat(vector.replicaAt(1)).isEqualTo(1L << 63);
    assertThat(vector.replicaAt(2)).isEqualTo(-1);
    assertThat(vector).hasToString("{7=3, 9223372036854775808=2, 18446744073709551615=1}");
  }

  @Test
  void withRaisesAndNeverLowers() {
    assertThat(A.with(1, 4)).isSameAs(A);
    assertThat(A.with(1, 6).get(1)).isEqualTo(6);
    assertThat(A.get(1)).isEqualTo(5);
    assertThat(A.without(1)).isEqualTo(VersionVector.of(-1, 3));
    assertThat(A.without(2)).isSameAs(A);
  }

  @Test
  void agreesWithAPlainMap() {
    Random random = new Random(42);
    for (int i = 0; i < 500; i++) {
      TreeMap<Long, Long> left = new TreeMap<>(Long::compareUnsigned);
      TreeMap<Long, Long> right = new TreeMap<>(Long::compareUnsigned);
      VersionVector l = fill(random, left);
      VersionVector r = fill(random, right);
      TreeMap<Long, Long> joined = new TreeMap<>(left);
      right.forEach((replica, sequence) -> joined.merge(replica, sequence, Math::max));

      assertThat(entries(l.join(r))).isEqualTo(List.copyOf(joined.entrySet()));
      assertThat(l.join(r)).isEqualTo(r.join(l)).hasSameHashCodeAs(r.join(l));
      assertThat(l.join(r).dominates(l)).isTrue();
      assertThat(l.dominates(r)).isEqualTo(joined.equals(left));
    }
  }

  private static VersionVector fill(Random random, TreeMap<Long, Long> map) {
    VersionVector vector = VersionVector.EMPTY;
    for (int i = random.nextInt(6); i > 0; i--) {
      long replica = random.nextInt(5) - 2;
      long sequence = 1 + random.nextInt(9);
      if (replica != 0) {
        map.merge(replica, sequence, Math::max);
        vector = vector.with(replica, sequence);
      }
    }
    return vector;
  }

  private static List<Object> entries(VersionVector vector) {
    List<Object> entries = new ArrayList<>();
    for (int i = 0; i < vector.size(); i++) {
      entries.add(Map.entry(vector.replicaAt(i), vector.sequenceAt(i)));
    }
    return entries;
  }

  @Test
  void buildsFromEntriesInOrderAndBreaksOnOthers() {
    assertThat(new VersionVector.Builder(3).add(1, 5).add(2, 0).add(-1, 3).build()).isEqualTo(A);
    assertThat(new VersionVector.Builder(0).build()).isSameAs(VersionVector.EMPTY);
    VersionVector.Builder builder = new VersionVector.Builder(2).add(2, 1);
    assertThatThrownBy(() -> builder.add(2, 1)).isInstanceOf(AssertionError.class);
  }

  @Test
  void refusesEntriesThatAreEmptyTwiceOrOutOfOrder() {
    refuses(new ByteWriter().varint(1).i64(1).varint(0), "vector entry is empty");
    refuses(new ByteWriter().varint(1).i64(0).varint(1), "vector entry is empty");
    refuses(new ByteWriter().varint(1).i64(1).varint(-1), "vector entry is empty");
    refuses(
        new ByteWriter().varint(2).i64(1).varint(1).i64(1).varint(2),
        "vector entries are out of order");
    refuses(
        new ByteWriter().varint(2).i64(-1).varint(1).i64(1).varint(2),
        "vector entries are out of order");
    refuses(new ByteWriter().varint(2).i64(1).varint(1), "count out of range");
  }

  private static void refuses(ByteWriter bytes, String title) {
    assertThatThrownBy(() -> VersionVector.decode(new ByteReader(bytes.toByteArray())))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith(title);
  }

  @Test
  void replicaIdsAreUnsignedAndNotZero() {
    assertThat(ReplicaId.parse("18446744073709551615")).isEqualTo(-1);
    assertThat(ReplicaId.format(-1)).isEqualTo("18446744073709551615");
    for (String bad : new String[] {"0", "-1", "18446744073709551616", "x", ""}) {
      assertThatThrownBy(() -> ReplicaId.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
